#include "cbench.h"

#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

struct cbench_receiver {
  void *context, *socket;
  zmq_msg_t frame;
};

struct cbench_receiver *cbench_receiver_create(char *endpoint) {
  struct cbench_receiver *receiver = calloc(1, sizeof *receiver);
  size_t byte_count = 64;
  if (!receiver) return NULL;
  zmq_msg_init(&receiver->frame);
  receiver->context = zmq_ctx_new();
  receiver->socket = receiver->context ? zmq_socket(receiver->context, ZMQ_ROUTER) : NULL;
  if (receiver->socket && !zmq_bind(receiver->socket, "tcp://127.0.0.1:*") &&
      !zmq_getsockopt(receiver->socket, ZMQ_LAST_ENDPOINT, endpoint, &byte_count))
    return receiver;
  cbench_receiver_destroy(receiver);
  return NULL;
}

void cbench_receiver_destroy(struct cbench_receiver *receiver) {
  int linger = 0;
  zmq_msg_close(&receiver->frame);
  if (receiver->socket) {
    zmq_setsockopt(receiver->socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_close(receiver->socket);
  }
  if (receiver->context) zmq_ctx_term(receiver->context);
  free(receiver);
}

uint64_t cbench_receiver_take(struct cbench_receiver *receiver, size_t count) {
  uint64_t byte_count = 0;
  for (size_t taken = 0; taken < count; ++taken) {
    do {
      while (zmq_msg_recv(&receiver->frame, receiver->socket, 0) < 0)
        if (zmq_errno() != EINTR) return 0;
      byte_count += zmq_msg_size(&receiver->frame);
    } while (zmq_msg_more(&receiver->frame));
  }
  return byte_count;
}

const uint8_t *cbench_receiver_next(struct cbench_receiver *receiver, size_t *byte_count, int blocking) {
  do {
    while (zmq_msg_recv(&receiver->frame, receiver->socket, blocking ? 0 : ZMQ_DONTWAIT) < 0)
      if (zmq_errno() != EINTR) return NULL;
  } while (zmq_msg_more(&receiver->frame));
  *byte_count = zmq_msg_size(&receiver->frame);
  return zmq_msg_data(&receiver->frame);
}
