/// What several test targets share.
///
/// `Sequences.swift` exhausts small worlds; `Stories.swift` tells whole ones.
public enum Support {}
