/// What a client of CurveZMQ needs: its own keys, and the public key of the server that it means to reach.
package struct CurveCredentials: Equatable, Sendable {
  package var keys: CurveKeyPair
  package var serverKey: CurveKey

  package init(keys: CurveKeyPair, serverKey: CurveKey) {
    self.keys = keys
    self.serverKey = serverKey
  }
}
