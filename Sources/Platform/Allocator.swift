import CPlatform

/// The C library's allocator, for the whole process.
package enum Allocator {
  /// Has blocks of a mebibyte or more given back to the system when they are freed: what a service holds stays level, and does not grow
  /// with the largest of what each of its threads has held once.
  package static func returnLargeBlocks() { cplatform_return_large_blocks() }
}
