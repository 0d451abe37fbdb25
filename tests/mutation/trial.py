"""Which tests are to notice a mistake in which source, and whether they do."""

import glob
import os
import re
import resource
import signal
import subprocess
import time
from dataclasses import dataclass

AT_LEAST_SECONDS = 10  # A crowded machine makes short runs long.
LONGER = 10            # Times the run without mistake, and it counts as hanging.
MEMORY = 6 << 30       # A mistake may ask for memory without end.


@dataclass(frozen=True)
class Suite:
    program: str
    tests: str = "*"
    # Real processes and clocks: a failure counts only if it comes twice.
    is_end_to_end: bool = False


UNITS = Suite("core_test", "-Seeds/*")
OBJECTS = Suite("objects_test", "-*Oracle*:CollidingKeys*")
STORMS = Suite("core_test", "Seeds/*")
WORLDS = Suite("simulation/simulation_test", "Seeds/*")
STREAMS = Suite("end_to_end/stream_test", "-*IsTooLong*:*APauseOf*:*ThatReadsNothing*", True)
CLIENTS = Suite("end_to_end/end_to_end_test", "Over/ResumeTest.*:StartTest.*", True)

# Sources, and the suites that are to notice: the quick and likely one first.
GROUPS = (
    (("manager/core/*.cc",), (UNITS, OBJECTS, STORMS, WORLDS)),
    (("manager/objects/queue*.cc", "manager/objects/unacknowledged.cc", "manager/objects/lock.cc"),
     (OBJECTS, UNITS, STORMS, WORLDS)),
    (("protos/auth/handshake*.cc", "protos/auth/key_schedule.cc", "protos/auth/frame_tag.cc"),
     (Suite("protocol_test"), STREAMS, CLIENTS)),
    (("protos/gate.cc", "protos/http2_stream.cc"), (Suite("protocol_test"), STREAMS, CLIENTS)),
    (("manager/transport/resume_keys.cc", "manager/transport/visitor.cc",
      "manager/transport/gate.cc"),
     (Suite("transport/transport_test", "ResumeKeys*:GateTest*"), STREAMS, CLIENTS)),
)
# What CMake is to build, syncmanagerd with it.
TARGETS = ("core_test", "objects_test", "simulation_test", "protocol_test", "transport_test",
           "stream_test", "end_to_end_test")


def plan(root):
    """Name of a source -> the suites that are to notice its mistakes."""
    return {name: suites for patterns, suites in GROUPS for pattern in patterns
            for name in sorted(glob.glob(pattern, root_dir=root))}


@dataclass(frozen=True)
class Verdict:
    is_killed: bool
    by: str  # The test that failed, or what else happened.


class Trials:
    """Runs suites with one mistake, or with none to know how long they take."""

    def __init__(self, folder):
        self.folder = folder
        self.limits = {}

    def run_clean(self, suites):
        for suite in suites:
            begun = time.monotonic()
            failed = self.run(suite, 0, 600)
            if failed:
                raise RuntimeError(f"{suite.program} fails without any mistake: {failed}")
            seconds = time.monotonic() - begun
            self.limits[suite] = max(AT_LEAST_SECONDS, LONGER * seconds)

    def judge(self, number, suites):
        for suite in suites:
            failed = self.run(suite, number, self.limits[suite])
            if failed and suite.is_end_to_end:
                failed = self.run(suite, number, self.limits[suite])
            if failed:
                return Verdict(True, failed)
        return Verdict(False, "")

    def run(self, suite, number, seconds):
        """Returns what went wrong, in a word; empty if nothing did."""
        environment = {**os.environ, "SYNCMANAGER_MUTANT": str(number)}
        running = subprocess.Popen(
            [self.folder / suite.program, f"--gtest_filter={suite.tests}", "--gtest_fail_fast"],
            env=environment, text=True, errors="replace", stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=bound)
        try:
            printed, _ = running.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            printed = ""
        finally:
            end(running)
        if running.returncode == 0:
            return ""
        if not printed:
            return "time"
        tests = re.findall(r"^\[ +(?:FAILED|RUN) +\] ([^\s,]+)", printed, re.M)
        failed = re.search(r"^\[ +FAILED +\] ([^\s,]+)", printed, re.M)
        return failed.group(1) if failed else f"{tests[-1] if tests else suite.program} (crash)"


def bound():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def end(running):
    """With the servers that it started: they are of its process group."""
    try:
        os.killpg(running.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    running.wait()
