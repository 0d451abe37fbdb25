"""A namespace that processes share: workers report to it, and the main program reads it."""

import multiprocessing

from syncmanager import Manager


def work(status, number):
    for _ in range(100):
        status.add("steps", 1)  # In one step: `status.steps += 1` would lose some of the others'.
    setattr(status, f"worker_{number}", "finished")


def main():
    with Manager() as manager:
        status = manager.Namespace(phase="working", steps=0)
        workers = [multiprocessing.Process(target=work, args=(status, number))
                   for number in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        status.phase = "done"
        print(status)


if __name__ == "__main__":
    main()
