"""The extension asks for nothing that a CPython from 3.9 on doesn't have."""

import importlib.machinery
import subprocess
import unittest

from syncmanager import _native

# These are in the limited API of 3.9. The headers see to that, so a name that is missing here is
# added when `nm -D --defined-only` of a CPython 3.9 has it. On 2026-12-01 all were in the
# interpreters of 3.9.2 (Debian 11), 3.11.2 (Debian 12) and 3.13.5 (Debian 13).
LIMITED_API = set("""
    PyArg_ParseTupleAndKeywords PyBool_Type PyByteArray_AsString PyByteArray_FromStringAndSize
    PyBytes_AsString PyBytes_FromStringAndSize PyBytes_Size PyBytes_Type PyDict_New PyDict_Next
    PyDict_SetItem PyDict_SetItemString PyDict_Size PyDict_Type PyErr_CheckSignals PyErr_Clear
    PyErr_Fetch PyErr_GivenExceptionMatches PyErr_Occurred PyErr_Restore PyErr_SetNone
    PyErr_SetObject PyErr_WriteUnraisable PyEval_RestoreThread PyEval_SaveThread
    PyExc_AttributeError PyExc_Exception PyExc_IndexError PyExc_KeyError PyExc_MemoryError
    PyExc_OverflowError PyExc_RuntimeError PyExc_TypeError PyExc_ValueError PyFloat_AsDouble
    PyFloat_FromDouble PyFloat_Type PyFrozenSet_New PyFrozenSet_Type PyGILState_Ensure
    PyGILState_Release PyImport_ImportModule PyIter_Next PyList_Append PyList_AsTuple
    PyList_GetItem PyList_New PyList_SetItem PyList_Size PyList_Type
    PyLong_AsLongLongAndOverflow PyLong_AsSize_t PyLong_AsSsize_t PyLong_FromLongLong
    PyLong_FromUnsignedLongLong PyLong_Type PyMemoryView_FromMemory PyModuleDef_Init
    PyNumber_Index PyObject_Call PyObject_CallMethod PyObject_CallObject PyObject_ClearWeakRefs
    PyObject_Free PyObject_GetAttr PyObject_GetAttrString PyObject_GetIter
    PyObject_HasAttrString PyObject_IsTrue PyObject_SetAttr PyObject_SetAttrString
    PySequence_Tuple PySet_Add PySet_New PySet_Size PySet_Type PyTuple_GetItem PyTuple_GetSlice
    PyTuple_New PyTuple_Pack PyTuple_SetItem PyTuple_Size PyTuple_Type PyType_FromSpec
    PyType_GenericAlloc PyType_GetFlags PyUnicode_DecodeUTF8 PyUnicode_GetLength
    PyUnicode_InternFromString PyUnicode_ReadChar PyUnicode_Type _Py_Dealloc _Py_EllipsisObject
    _Py_FalseStruct _Py_NoneStruct _Py_NotImplementedStruct _Py_TrueStruct
""".split())

# These are not, so client/python/native/c_api.h declares them itself. All CPythons from 3.9 on
# export them; that was checked with those three, too. The number says since when a version exports
# the name, and the limited API of which version has it.
EXPORTED = {
    "PyObject_GetBuffer": ("3.0", "3.11"),
    "PyBuffer_Release": ("3.0", "3.11"),
    "PyUnicode_AsUTF8AndSize": ("3.3", "3.10"),
    "PyVectorcall_Call": ("3.8", "3.12"),
    "PyObject_VectorcallDict": ("3.9", None),
}

# Weak symbols, which are null in a version that doesn't have them.
OPTIONAL = {"Py_IsFinalizing", "_Py_IsFinalizing", "_PyOS_IsMainThread"}


def symbols(*options):
    """The dynamic symbols of the extension: their names, and the letters that nm has for them."""
    listed = subprocess.run(["nm", "-D", *options, _native.__file__], capture_output=True,
                            text=True, check=True).stdout
    return {line.split()[-1]: line.split()[-2] for line in listed.splitlines()}


class StableAbiTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        if not _native.__file__.endswith(".abi3.so"):
            self.skipTest("the extension is built for one version of CPython")

    def test_this_interpreter_imports_modules_of_that_name(self):
        self.assertIn(".abi3.so", importlib.machinery.EXTENSION_SUFFIXES)

    def test_it_asks_for_the_limited_api_of_3_9_and_what_else_all_versions_have(self):
        asked = {name: letter for name, letter in symbols("--undefined-only").items()
                 if name.lstrip("_").startswith("Py")}
        self.assertEqual(set(asked) - LIMITED_API - set(EXPORTED) - OPTIONAL, set())
        self.assertEqual({name for name, letter in asked.items() if letter == "w"}, OPTIONAL)

    def test_it_has_no_symbols_for_others_but_its_beginning(self):
        self.assertEqual(set(symbols("--defined-only")), {"PyInit__native"})


if __name__ == "__main__":
    unittest.main()
