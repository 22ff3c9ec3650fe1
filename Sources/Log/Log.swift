// The log: where facts are kept, byte for byte, and how they are found again.
//
// The main path of an append:
//   EventStore    the contract, and what every store promises
//   GroupPlan     which proposals of a group are written, replayed or refused; its places, by
//                 KeyHash; the envelopes' bytes
//   EventCodec    a fact's body as canonical JSON, by the fact's one listing
//   Envelope      the body with its place, time and cause: the stored, hashed and exported bytes
//   StagedGroup   the group as one frame in the making, encoded behind the one on its way
//   Staging       hands it over from the one who stages to the one who writes
//   Chain         SHA-256 along the log, by the one who writes
//   GroupWriter   the frame chained, written, synced, and only then shown
//   SegmentWriter zeros ahead, frames, and the change of segments
// The main path of opening:
//   LogFolder     names and the marker that says what the log is
//   SealedSegment what is sealed, by its footer and its index alone
//   LogLoader     frame after frame of the rest into the index (LogMap), believing none of them
//   Recovery      what may stand behind the last whole frame, and what is done about it
// The main path of sealing, beside all this (Sealed/):
//   SealedFormat  the layout: compressed blocks, an index in pages, a footer
//   Sealer        a closed segment written once more, a step at a time: BlockPacker makes blocks,
//                 SealedIndexBuilder the pages; SealedCheck reads everything back before it counts
//   SealedReader  one block or page at a time, for LogView, which is what a read takes along
// LogIndex asks LogTable (in memory) for what isn't sealed, and SealedSegment for what is, both by
//   KeyHash.
// Proofs/, the way of a checkpoint: LogLeaves (the chained bytes as leaves) → TreeEdge (RFC 6962) →
//   Checkpoint in a SignedNote (C2SP) → Notary, CheckpointFiles: written here, then at the witness;
//   CheckpointSchedule says when, LogProof proves and verifies. tools/audit.py shares none of it.
//   SignedWitness: signed transfers, at the witness before they are sent.
// Backup/, the way of a copy: LogExtent (the files at one moment) → BackupCopying → BackupFolder
//   with its BackupManifest, written last; Restore takes it back, and the folder's marker then says
//   that recovery is owed; MirrorTail brings back what it lacks. backup.md is the operator's page.
// Stores: FileStore, and MemoryStore for tests. FileLogReader reads beside a writer and verifies.
//   RemoteStaging, with RemoteIndex and RemoteGroup, is the part of a store that keeps its events
//   elsewhere (PostgresLog), SourceAudit its verification; LogStore and WholeLog are what all that
//   keep a whole log have in common.
// Bytes: Segment, Frame (heads and layouts), FrameWalk, Record. Below them: Disk, RealDisk.

/// The stored form, in versions.
///
/// Version 1: each event has a canonical envelope (RFC 8785; `Envelope`), and
///
///     hash(n) = SHA-256( hash(n-1) ‖ envelope(n) )        hash(0) = 32 zero bytes
///
/// over the bytes of the envelope in UTF-8. A line of `weir log export` is that envelope with
/// `hash(n)` in hex added under `hash`: take it out, write the rest again as canonical JSON, and
/// compare. In Python:
///
///     previous = bytes(32)
///     for line in open(path, encoding="utf-8"):
///         event = json.loads(line)
///         stated = event.pop("hash")
///         text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
///         previous = hashlib.sha256(previous + text.encode()).digest()
///         assert previous.hex() == stated
///
/// The leaf of an RFC 6962 tree over the log is `SHA-256(0x00 ‖ envelope(n))`: the same bytes.
public enum LogFormat {
  public static let version = 1
  /// Bytes of the largest frame, which is the largest group.
  public static let frameMost = 64 << 20
}
