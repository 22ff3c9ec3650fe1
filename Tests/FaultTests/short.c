// Writes no more than WEIR_SHORT_WRITES bytes a call, as a kernel may; put before libc.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

typedef ssize_t (*writer)(int, const void *, size_t, off64_t);

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
  writer next = (writer)dlsym(RTLD_NEXT, "pwrite64");
  const char *most = getenv("WEIR_SHORT_WRITES");
  size_t limit = most ? strtoul(most, 0, 10) : 0;
  return next(file, bytes, limit && count > limit ? limit : count, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off64_t offset) {
  return pwrite64(file, bytes, count, offset);
}
