"""An object of a class of one's own goes to a worker through a queue, and its answer comes back.

The manager carries it and never opens it: only the two ends have to know the class.
"""

import multiprocessing
from dataclasses import dataclass

from syncmanager import Manager
from syncmanager.managers import QueueProxy


@dataclass
class Order:
    name: str
    prices: list[float]

    def total(self):
        return sum(self.prices)


def work(orders: QueueProxy[Order], answers: QueueProxy[tuple[Order, float]]):
    for order in iter(orders.get, None):
        answers.put((order, order.total()))


def main():
    with Manager() as manager:
        orders, answers = manager.Queue(), manager.Queue()
        worker = multiprocessing.Process(target=work, args=(orders, answers))
        worker.start()
        orders.put(Order("tea", [3, 4.5]))
        order, total = answers.get()
        orders.put(None)
        worker.join()
        print(f"{order} costs {total}")


if __name__ == "__main__":
    main()
