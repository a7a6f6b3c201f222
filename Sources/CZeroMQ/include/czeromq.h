#pragma once
#include <errno.h>
#include <zmq.h>

/* A ROUTER refuses everybody where nobody answers for its domain. In libzmq since 4.3.1, in its header only with drafts. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif
