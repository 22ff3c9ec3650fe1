import Kernel

/// Reads what a sealed file says about itself.
struct SealedOpening {
  let file: any DiskFile
  let first: UInt64
  let path: String
  let seed: SealedFormat.Seed

  struct Contents {
    var names: [String]
    var dictionary: [UInt8]
  }

  private func damage(_ what: String, at offset: UInt64 = 0) -> StoreError {
    .damaged(Damage(file: path, offset: offset, position: first, what: what))
  }

  private func bytes(_ count: Int, at offset: UInt64) throws(StoreError) -> [UInt8] {
    try reading { () throws(DiskError) in try file.bytes(count, at: offset) }
  }

  func contents(_ footer: SealedFooter) throws(StoreError) -> Contents {
    let start = footer.blocks.upperBound
    let bytes = try bytes(Int(min(footer.pagesAt - start, 1 << 20)), at: start)
    let found: Contents? = bytes.withUnsafeBytes { raw in
      guard raw.count >= SealedFormat.contentsHead else { return nil }
      let (names, dictionary) = (raw.number(at: 4, UInt32.self), raw.number(at: 8, UInt32.self))
      let total = SealedFormat.contentsHead + Int(names) + Int(dictionary)
      guard total <= raw.count, dictionary <= SealedFormat.dictionaryMost,
        raw.number(at: 0) == seed.sum(raw.part(4, total - 4), at: start),
        let words = Self.names(raw.part(SealedFormat.contentsHead, Int(names)))
      else { return nil }
      return Contents(
        names: words, dictionary: Array(raw.part(total - Int(dictionary), Int(dictionary))))
    }
    guard let found else { throw damage("its names and its dictionary are damaged", at: start) }
    return found
  }

  private static func names(_ bytes: UnsafeRawBufferPointer) -> [String]? {
    var names: [String] = []
    var at = 0
    while at < bytes.count {
      let count = Int(bytes[at])
      guard at + 1 + count <= bytes.count else { return nil }
      names.append(String(decoding: bytes.part(at + 1, count), as: UTF8.self))
      at += 1 + count
    }
    return names
  }

  func footer() throws(StoreError) -> SealedFooter {
    let size = try reading { () throws(DiskError) in try file.size() }
    let page = UInt64(SealedFormat.page)
    guard size % page == 0, size > page else {
      throw damage("the end of the file is missing", at: size)
    }
    let bytes = try bytes(SealedFormat.page, at: size - page)
    let footer: SealedFooter? = bytes.withUnsafeBytes {
      guard SealedPage.isSound($0, .footer, at: size - page, seed) else { return nil }
      return SealedFooter($0, fileSize: size)
    }
    guard let footer, footer.blocks.lowerBound == Segment.headSize, footer.last >= first,
      footer.last - first < SealedFormat.eventsMost
    else { throw damage("its footer is damaged", at: size - page) }
    return footer
  }

  /// All pages of a kind, checked.
  func pages(_ kind: SealedPage.Kind, _ footer: SealedFooter) throws(StoreError) -> [UInt8] {
    let (number, count) =
      switch kind {
      case .places: (0, footer.pages.places)
      case .keys: (footer.pages.places, footer.pages.keys)
      case .steps: (footer.pages.places + footer.pages.keys, footer.pages.steps)
      case .filter: (footer.pages.all - footer.pages.filter, footer.pages.filter)
      case .footer: (footer.pages.all, 1)
      }
    let start = footer.pagesAt + UInt64(number * SealedFormat.page)
    let bytes = try bytes(count * SealedFormat.page, at: start)
    guard bytes.count == count * SealedFormat.page else {
      throw damage("its index is cut", at: start)
    }
    let odd = bytes.withUnsafeBytes { raw in
      (0..<count).first { page in
        !SealedPage.isSound(
          raw.part(page * SealedFormat.page, SealedFormat.page), kind,
          at: start + UInt64(page * SealedFormat.page), seed)
      }
    }
    if let odd {
      throw damage("its index is damaged", at: start + UInt64(odd * SealedFormat.page))
    }
    return bytes
  }

  /// The numbers of eight bytes in all pages of a kind.
  func words(_ kind: SealedPage.Kind, _ footer: SealedFooter) throws(StoreError) -> [UInt64] {
    try pages(kind, footer).withUnsafeBytes { raw in
      var words: [UInt64] = []
      for page in stride(from: 0, to: raw.count, by: SealedFormat.page) {
        let used = Int(raw.number(at: page + 6, UInt16.self)) / 8
        for word in 0..<used { words.append(raw.number(at: page + SealedPage.head + 8 * word)) }
      }
      return words
    }
  }
}
