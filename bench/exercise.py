#!/usr/bin/python3
"""Lets a program answer what programs like it mostly answer: for a build that records a profile of itself.

usage: exercise.py PROGRAM
"""
import pathlib
import sys
import tempfile

import contenders
import exchanges
import origin

REQUESTS = 5000  # of each exchange


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="minato-exercise-") as name, \
            origin.serving(exchanges.RESPONSES) as behind:
        folder, port = pathlib.Path(name), contenders.free_port()
        argv = exchanges.command_line(str(program), folder, port, behind)
        with contenders.running(argv, folder, port, contenders.PROXY_CPU):
            for exchange, request in exchanges.ALL.items():
                print(f"{program.name}: {REQUESTS} times {exchange}", flush=True)
                exchanges.make(port, request, REQUESTS)


if __name__ == "__main__":
    main()
