/*
 * Lets User Mode Linux run on processors with AMX.
 *
 * UML hands a guest process its floating point registers with PTRACE_SETREGSET and
 * NT_X86_XSTATE. Up to Linux 6.12 it does so from a buffer of fixed size, and the host refuses
 * (EFAULT, "ptrace set fp regs failed") whatever is not as large as all that its processor
 * has (xstateregs_set in arch/x86/kernel/fpu/regset.c): AMX adds 8 KiB. Reading, it may be
 * shorter. Linux 6.13 asks for the size ("um: switch to regset API and depend on XSTATE").
 *
 * Preloaded into UML, this fills up what is too short with zeros: the state of what no
 * guest process has ever touched, for AMX needs permission, which UML never asks for.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

#define LARGEST_STATE 65536

long ptrace(enum __ptrace_request request, ...)
{
	static long (*next)(enum __ptrace_request, ...);
	static _Thread_local char state[LARGEST_STATE];
	va_list rest;

	va_start(rest, request);
	pid_t pid = va_arg(rest, pid_t);
	void *address = va_arg(rest, void *);
	void *data = va_arg(rest, void *);
	va_end(rest);
	if (!next)
		next = dlsym(RTLD_NEXT, "ptrace");
	if (request != PTRACE_SETREGSET || (uintptr_t)address != NT_X86_XSTATE)
		return next(request, pid, address, data);

	const struct iovec *given = data;
	struct iovec whole = {state, sizeof(state)};
	if (next(PTRACE_GETREGSET, pid, address, &whole) < 0)
		return -1;
	memset(state, 0, whole.iov_len);
	memcpy(state, given->iov_base, given->iov_len < whole.iov_len ? given->iov_len : whole.iov_len);
	return next(request, pid, address, &whole);
}
