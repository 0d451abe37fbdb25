#pragma once

// The part of the session that the Python extension (client/python/native) stands on. The extension
// includes no other private header of the client, so a change of one of these has to look there.
#include "client/cpp/src/session/ask.h"
#include "client/cpp/src/session/connect.h"
#include "client/cpp/src/session/pending_calls.h"
#include "client/cpp/src/session/session.h"
#include "client/cpp/src/session/undo.h"
