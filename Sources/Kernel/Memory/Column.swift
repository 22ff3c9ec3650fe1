/// A list of plain values in pages: a copy shares every page that neither side changes since, and
/// growing moves the last one only.
///
/// Values have no padding, so that their bytes are theirs alone.
struct Column<Element: BitwiseCopyable & Sendable>: Sendable {
  private(set) var count = 0
  private var pages: [[Element]] = []

  init() {}

  init(repeating element: Element, count: Int) {
    self.count = count
    for start in stride(from: 0, to: count, by: Page.size) {
      pages.append([Element](repeating: element, count: min(Page.size, count - start)))
    }
  }

  subscript(index: Int) -> Element {
    get { pages[index >> Page.bits][index & Page.mask] }
    set { pages[index >> Page.bits][index & Page.mask] = newValue }
  }

  mutating func append(_ element: Element) {
    if count & Page.mask == 0 { pages.append([]) }
    pages[count >> Page.bits].append(element)
    count += 1
  }

  /// All of it as bytes; a page at a time.
  mutating func list(_ key: StaticString, _ fields: inout StateFields) {
    precondition(MemoryLayout<Element>.size == MemoryLayout<Element>.stride, "\(key) has padding")
    var count = count
    guard fields.plain(key, &count, size: MemoryLayout<Element>.size) else { return }
    guard fields.isReading else {
      for page in pages { page.withUnsafeBytes { fields.put($0) } }
      return
    }
    self = Column()
    while self.count < count {
      let size = min(Page.size, count - self.count)
      let page = [Element](unsafeUninitializedCapacity: size) { buffer, filled in
        filled = fields.fill(UnsafeMutableRawBufferPointer(buffer)) ? size : 0
      }
      guard page.count == size else { return self = Column() }
      pages.append(page)
      self.count += size
    }
  }
}

private enum Page {
  static let bits = 12
  static let size = 1 << bits
  static let mask = size - 1
}

/// Bytes that are added and never changed, in pages; each piece lies whole in one.
struct Heap: Sendable {
  private static let bits = 16
  private var pages: [[UInt8]] = []

  /// Bytes in all.
  var count: Int { pages.reduce(0) { $0 + $1.count } }

  /// Adds two parts behind each other; gives the place where they begin.
  mutating func append(_ first: UnsafeRawBufferPointer, _ second: [UInt8]) -> UInt64 {
    let size = first.count + second.count
    precondition(size <= 1 << Self.bits, "\(size) bytes are too many for one page")
    if pages.isEmpty || pages[pages.count - 1].count + size > 1 << Self.bits { pages.append([]) }
    let last = pages.count - 1
    let place = UInt64(last) << UInt64(Self.bits) | UInt64(pages[last].count)
    pages[last].append(contentsOf: first)
    pages[last].append(contentsOf: second)
    return place
  }

  /// Shows the bytes from a place on, to the end of its page.
  func with<R>(_ place: UInt64, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    pages[Int(place >> UInt64(Self.bits))].withUnsafeBytes {
      body(UnsafeRawBufferPointer(rebasing: $0[Int(place & 0xffff)...]))
    }
  }

  mutating func list(_ key: StaticString, _ fields: inout StateFields) {
    var pages = pages
    fields.list(key, &pages, blank: []) { page, fields in fields.bytes("page", &page) }
    self.pages = pages
  }
}
