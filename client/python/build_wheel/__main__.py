"""Makes the wheel without pip, in the folder that is named: python3 -m build_wheel DIR."""

import os
import sys

from . import build_wheel

directory = sys.argv[1]
os.makedirs(directory, exist_ok=True)
print(os.path.join(directory, build_wheel(directory)))
