import Foundation
import Testing

/// The published vectors beside the tests.
enum Vectors {
  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = try #require(Bundle.module.url(forResource: "Vectors", withExtension: nil))
    return Array(try Data(contentsOf: folder.appending(path: name + ".json")))
  }

  /// A file as `Shape`, whose camel-case names stand for the file's snake-case ones.
  static func read<Shape: Decodable>(_ name: String, as _: Shape.Type = Shape.self) throws -> Shape
  {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Shape.self, from: Data(bytes(name)))
  }
}
