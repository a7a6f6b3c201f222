import Foundation
import TestSupport

/// A proxy that writes down what a client says to a server over TCP, and plays it to the server again.
enum HandshakeRecorder {
  private static let script = """
    import socket, sys, threading
    mode, port, record = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    if mode == "record":
        listener = socket.create_server(("127.0.0.1", 0))
        open(record + ".port.new", "w").write(str(listener.getsockname()[1]))
        import os; os.rename(record + ".port.new", record + ".port")
        client = listener.accept()[0]
        server = socket.create_connection(("127.0.0.1", port))
        def pump(source, sink, log):
            while data := source.recv(65536):
                if log: log.write(data); log.flush()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        threading.Thread(target=pump, args=(server, client, None), daemon=True).start()
        with open(record, "wb") as log: pump(client, server, log)
    else:
        server = socket.create_connection(("127.0.0.1", port))
        server.settimeout(10)
        data = open(record, "rb").read()
        def hear(count):
            heard = b""
            while len(heard) < count and (more := server.recv(count - len(heard))): heard += more
        # The greeting of 64 bytes; HELLO of 202, which is answered by WELCOME of 170; then the rest, and what was sent behind it.
        server.sendall(data[:64]); hear(64)
        server.sendall(data[64:266]); hear(170)
        answered = b""
        try:
            server.sendall(data[266:])
            while more := server.recv(65536): answered += more
            print("closed", len(answered))
        except TimeoutError: print("open", len(answered))
        except ConnectionError: print("closed", len(answered))
    """

  private static func port(_ endpoint: String) -> String { String(endpoint.split(separator: ":").last ?? "") }

  /// Starts recording into a file; the result is the endpoint to connect to instead.
  static func record(_ endpoint: String, into path: String) throws -> (child: Child, endpoint: String) {
    let child = try Child(["timeout", "60", "python3", "-c", script, "record", port(endpoint), path])
    for _ in 0..<200 {
      if let text = try? String(contentsOfFile: path + ".port", encoding: .utf8) { return (child, "tcp://127.0.0.1:\(text)") }
      usleep(50_000)
    }
    throw Daemon.Failed(description: "the proxy does not listen")
  }

  /// Plays a record; what became of the connection.
  static func replay(_ path: String, to endpoint: String) throws -> String {
    _ = try Child.run(["timeout", "60", "python3", "-c", script, "replay", port(endpoint), path], output: path + ".out")
    return try String(contentsOfFile: path + ".out", encoding: .utf8)
  }
}
