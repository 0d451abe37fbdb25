#!/usr/bin/env python3
"""Makes small mistakes in the core, the queues and the handshake, and counts those that the tests
notice.

A test suite is worth what it notices. So each mutant is the program with one mistake: `<` for `<=`,
`&&` for `||`, a condition negated, a call or an assignment left out, a number one larger... A
mutant is killed if a test fails, crashes or hangs with it. One that survives is a promise that no
test keeps, or a mistake that changes nothing that anybody could see.

Compiling each mutant would take hours. Here one build has them all (sites.py, copy_of_tree.py), and
the environment says which one a run is to show (mutant.h). trial.py says which tests are run.

Examples:
  tools/dev mutate                       # 200 of them: a quarter of an hour
  tools/dev mutate --sample 50 --seed 7  # another few
  tools/dev mutate --all --json all.json
  tools/dev mutate --of lockable.cc --all   # those of one source
  tools/dev mutate --only 17,203         # these again, after a test was added
"""

import argparse
import json
import os
import pathlib
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from copy_of_tree import Copy
from trial import TARGETS, Trials, plan

_SECONDS_BETWEEN_LINES = 10  # Of progress, where standard error isn't a terminal.
ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    about, examples = __doc__.split("Examples:\n")
    parser = argparse.ArgumentParser(
        prog="tools/dev mutate", description=about, epilog="Examples:\n" + examples,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--sample", type=int, default=200, metavar="N",
                        help="how many to try (200), drawn from --seed")
    chosen.add_argument("--all", action="store_true", help="try every mutant")
    chosen.add_argument("--only", metavar="N,N", help="try those with these numbers")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another sample (1)")
    parser.add_argument("--of", default="", metavar="NAME",
                        help="only those of sources whose path contains NAME")
    parser.add_argument("--at-least", type=float, default=85, metavar="PERCENT",
                        help="fail if fewer are killed (85)")
    parser.add_argument("--json", metavar="FILE", help="write every verdict there as well")
    return parser.parse_args()


def choose(mutants, wanted):
    """The numbers of those to try, in their order."""
    numbers = [number for number, (name, _) in mutants.items() if wanted.of in name]
    if wanted.only:
        return sorted(map(int, wanted.only.split(",")))
    if wanted.all:
        return numbers
    return sorted(random.Random(wanted.seed).sample(numbers, min(wanted.sample, len(numbers))))


def try_all(trials, suites, mutants, chosen):
    """Number -> Verdict. Two at a time on two cores; those of all sources mixed, so that none of
    the slow ones is left to the end."""
    verdicts, begun = {}, time.monotonic()
    told = begun

    def judge(number):
        nonlocal told
        verdicts[number] = trials.judge(number, suites[mutants[number][0]])
        now = time.monotonic()
        if sys.stderr.isatty() or now - told >= _SECONDS_BETWEEN_LINES:
            told = now
            survivors = sum(not v.is_killed for v in verdicts.values())
            begin, end = ("\r", "") if sys.stderr.isatty() else ("", "\n")
            print(f"{begin}{len(verdicts)} of {len(chosen)} tried, {survivors} survived, "
                  f"{now - begun:.0f} s ", end=end, file=sys.stderr, flush=True)

    mixed = random.Random(0).sample(chosen, len(chosen))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(judge, mixed))
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return verdicts


def report(copy, verdicts):
    """The table by source and the survivors; the share that was killed, in percent."""
    killed_of = {}
    for number in sorted(verdicts):
        killed_of.setdefault(copy.mutants[number][0], []).append(verdicts[number].is_killed)
    killed_of["all"] = [verdict.is_killed for verdict in verdicts.values()]
    print(f"{'source':<40}{'mutants':>8}{'killed':>8}{'share':>8}")
    for name, killed in killed_of.items():
        print(f"{name:<40}{len(killed):>8}{sum(killed):>8}{share(killed):>7.1f}%")
    print(f"\n{len(copy.mutants)} mutants compile, {len(copy.left_out)} do not and are left out.")
    survivors = [number for number in sorted(verdicts) if not verdicts[number].is_killed]
    if survivors:
        print("\nSurvivors:")
    for number in survivors:
        name, site = copy.mutants[number]
        print(f"{name}:{site.line}: mutant {number}, {site.kind}: {site.was}  ->  {site.became}")
    return share(killed_of["all"])


def share(killed):
    return 100 * sum(killed) / max(1, len(killed))


def rows(copy, verdicts):
    for number, verdict in sorted(verdicts.items()):
        name, site = copy.mutants[number]
        yield {"mutant": number, "source": name, "line": site.line, "kind": site.kind,
               "was": site.was, "became": site.became, "killed": verdict.is_killed,
               "by": verdict.by}


def main():
    wanted = arguments()
    suites = plan(ROOT)
    copy = Copy(ROOT, TARGETS)
    print("Copying, finding the sites and building", flush=True)
    copy.find(list(suites))
    copy.compile()
    chosen = choose(copy.mutants, wanted)
    trials = Trials(copy.build / "tests")
    print("Running the tests without any mistake", flush=True)
    needed = {suite: None for number in chosen for suite in suites[copy.mutants[number][0]]}
    trials.run_clean(needed)
    print(f"Trying {len(chosen)} of {len(copy.mutants)} mutants", flush=True)
    verdicts = try_all(trials, suites, copy.mutants, chosen)
    killed = report(copy, verdicts)
    if wanted.json:
        pathlib.Path(wanted.json).write_text(json.dumps(
            {"killed_percent": round(killed, 1), "seed": wanted.seed,
             "left_out": len(copy.left_out), "mutants": list(rows(copy, verdicts))}, indent=1))
    return 0 if killed >= wanted.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
