#pragma once
#include <hiredis/hiredis.h>

// `errstr` is a char[128], which Swift imports as a 128-tuple.
static inline const char *asof_redis_errstr(const redisContext *context) { return context->errstr; }
