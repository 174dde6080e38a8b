"""Out of descriptors, new connections wait; nothing spins and nothing dies."""
import pathlib
import resource

from harness.waiting import eventually

LIMIT = 64


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, LIMIT))


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_new_connections_wait_for_a_descriptor(minato, echo):
    proxy = minato.serving(echo, top="workers: 1", popen={"preexec_fn": few_descriptors})
    crowd = [proxy.client() for _ in range(2 * LIMIT)]
    for client in crowd:
        client.ask("/x")
    before = cpu_seconds(proxy.process)
    assert crowd[-1].has_nothing(1)
    assert cpu_seconds(proxy.process) - before < 0.5
    served = 0
    for client in crowd:
        assert client.read_response().text == "GET /x"
        client.close()
        served += 1
    assert served == len(crowd)


def test_it_is_said_once_and_not_for_each(minato, echo):
    proxy = minato.serving(echo, top="workers: 1", popen={"preexec_fn": few_descriptors})
    crowd = [proxy.client() for _ in range(2 * LIMIT)]
    crowd[0].get()
    proxy.log.wait_for("descriptor|limit")
    assert len([line for line in proxy.log.lines if "descriptors" in line]) <= 3
    for client in crowd:
        client.close()
    eventually(lambda: proxy.get("/y").text == "GET /y", "service as before")


def test_the_soft_limit_is_raised_to_the_hard_one(minato, echo):
    def low():
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, 500))

    proxy = minato.serving(echo, popen={"preexec_fn": low})
    limits = pathlib.Path(f"/proc/{proxy.process.pid}/limits").read_text()
    row = next(line for line in limits.splitlines() if line.startswith("Max open files"))
    assert row.split()[3:5] == ["500", "500"]
