"""What a request is to its origin behind each proxy: one that adds less than the others would win by that."""
import socket
import threading

import contenders
import origin


def take_one(listener, heard):
    """Answers one request, whose names of fields go to `heard`; who connects and says nothing checks its health."""
    while not heard:
        with listener.accept()[0] as connection:
            head = connection.recv(65536)  # as small as it is, it comes at once
            if head:
                connection.sendall(origin.response(b""))
        lines = head.partition(origin.HEAD_END)[0].split(b"\r\n")[1:]
        heard.update(line.partition(b":")[0].decode().lower() for line in lines)


def fields_behind(name, folder):
    """The fields, by name, of a plain request that the contender sends on."""
    heard, port = set(), contenders.free_port()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        argv = contenders.command_of(name, folder, port, listener.getsockname()[1])
        with contenders.running(argv, folder, port, contenders.BOTH_CPUS):
            taking = threading.Thread(target=take_one, args=(listener, heard))
            taking.start()
            with origin.Client(port) as client:
                client.exchange(origin.request(host=f"127.0.0.1:{port}"))
            taking.join()
    return heard


def check(names, folder):
    """Ends the program where the contenders do not send on the same."""
    found = {name: fields_behind(name, folder) for name in names}
    every = set().union(*found.values())
    short = [f"{name} sends on no {', '.join(sorted(every - own))}" for name, own in found.items() if own != every]
    if short:
        raise SystemExit(f"bench: this would compare less work with more: {'; '.join(short)}")
