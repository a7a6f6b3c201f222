import SQLite
import Terms
import ZeroMQ

/// The libraries that decide how this program behaves.
package enum Libraries {
  package static var versions: [(name: String, version: String)] {
    [("libzmq", ZeroMQLibrary.version), ("SQLite", SQLiteLibrary.version), ("ICU", TextLibrary.version)]
  }
}
