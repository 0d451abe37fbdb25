"""The type of the exception for refused pickles."""

import pickle

class PickleRefused(pickle.PicklingError, pickle.UnpicklingError): ...
