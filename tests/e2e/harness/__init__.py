"""What the wire tests are written with: raw connections, scripted origins and the program itself.

Nothing here sleeps to let something happen: every wait is for an event and ends at E2E_TIMEOUT.
"""
