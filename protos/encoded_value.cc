#include <syncmanager/encoded_value.h>
