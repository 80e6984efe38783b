#pragma once
#include <hiredis/hiredis.h>
#include <sys/eventfd.h>
#include <unistd.h>

// `errstr` is a char[128], which Swift imports as a 128-tuple.
static inline const char *asof_redis_errstr(const redisContext *context) { return context->errstr; }

// eventfd's flags are C enum constants, which Swift imports as values of an anonymous enum.
static inline int asof_eventfd_open(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
static inline void asof_eventfd_signal(int fd) { uint64_t one = 1; (void)!write(fd, &one, sizeof one); }
static inline void asof_eventfd_clear(int fd) { uint64_t count; (void)!read(fd, &count, sizeof count); }
