import CZeroMQ

/// Waits on sockets and plain file descriptors at once; belongs to the thread of its sockets.
@safe
package struct Poller {
  /// What to wait for.
  package struct Events: OptionSet, Sendable {
    package let rawValue: Int16
    package init(rawValue: Int16) { self.rawValue = rawValue }
    package static let readable = Events(rawValue: Int16(ZMQ_POLLIN))
    package static let writable = Events(rawValue: Int16(ZMQ_POLLOUT))
    /// Only reported, for file descriptors: closed or broken.
    package static let failed = Events(rawValue: Int16(ZMQ_POLLERR))
  }

  private var items: [zmq_pollitem_t]
  /// Keeps the sockets open as long as their addresses stand in `items`.
  private var handles: [SocketHandle] = []

  package init() { unsafe items = [] }

  /// Watches a socket; the result is its index.
  package mutating func add(_ socket: borrowing Socket, for events: Events) -> Int {
    unsafe items.append(zmq_pollitem_t(socket: socket.handle.pointer, fd: -1, events: events.rawValue, revents: 0))
    handles.append(socket.handle)
    return unsafe items.count - 1
  }

  /// Watches a file descriptor, which must stay open; the result is its index.
  package mutating func add(fileDescriptor: Int32, for events: Events) -> Int {
    unsafe items.append(zmq_pollitem_t(socket: nil, fd: fileDescriptor, events: events.rawValue, revents: 0))
    return unsafe items.count - 1
  }

  /// Changes what an index waits for; an empty set is never ready.
  package mutating func setEvents(_ events: Events, at index: Int) {
    unsafe items[index].events = events.rawValue
  }

  /// Waits until something is ready, a signal comes or the time is over; nil waits for ever.
  /// - Returns: how many are ready, 0 after a signal or the time.
  /// - Throws: `ZeroMQError`.
  package mutating func wait(milliseconds: Int?) throws(ZeroMQError) -> Int {
    let count = unsafe zmq_poll(&items, Int32(items.count), milliseconds ?? -1)
    if count >= 0 { return Int(count) }
    guard zmq_errno() == EINTR else { throw .last("poll") }
    for index in unsafe items.indices { unsafe items[index].revents = 0 }
    return 0
  }

  /// What the last wait found ready at an index.
  package func ready(at index: Int) -> Events { unsafe Events(rawValue: items[index].revents) }
}
