package io.streamjob.operator.storage;

import io.streamjob.operator.storage.StateFile.Base;
import io.streamjob.operator.storage.StateFile.Match;
import java.io.IOException;

/**
 * Reads the state handles of a {@code _metadata} file: each method consumes one handle, notes the
 * files that it points at, and returns the bytes of state behind it.
 *
 * <p>The format is that of Flink 2.3's {@code MetadataV2V3SerializerBase} and {@code
 * ChannelStateHandleSerializerV1} and {@code V2}; handle types keep their numbers over all
 * versions.
 */
final class HandleReader {

  /** Flink nests a keyed handle in a changelog handle, and nothing deeper. */
  private static final int MAX_DEPTH = 4;

  private static final int OFFSET_BYTES = 8;

  private final MetadataInput in;
  private final StateFiles files;

  HandleReader(MetadataInput in, StateFiles files) {
    this.in = in;
    this.files = files;
  }

  /** A handle of a stream of bytes: inline, in a file, or part of a file. */
  long readStream() throws IOException {
    return readStream(Match.Exactly, 0);
  }

  private long readStream(Match match, int depth) throws IOException {
    int type = in.readByte();
    return switch (type) {
      case 0, 16 -> 0; // none; an empty segment
      case 1 -> readInline();
      case 2 -> readAbsolute(match);
      case 3 -> readKeyGroupStream(match, depth);
      case 6 -> readRelative();
      case 15 -> readSegment();
      default -> throw in.corrupt("stream handle of unknown type " + type);
    };
  }

  private long readInline() throws IOException {
    in.readUtf(); // its name, which means nothing
    return skipBlock("bytes of inline state");
  }

  private long readAbsolute(Match match) throws IOException {
    long size = in.readLong();
    return note(Base.Absolute, in.readUtf(), match == Match.Exactly ? size : -1, size);
  }

  private long readRelative() throws IOException {
    String path = in.readUtf();
    long size = in.readLong();
    return note(Base.Folder, path, size, size);
  }

  private long readKeyGroupStream(Match match, int depth) throws IOException {
    readKeyGroupOffsets();
    return readStream(match, deeper(depth));
  }

  /** A part of a file that several handles share ("file merging"). */
  private long readSegment() throws IOException {
    long start = size();
    long length = size();
    in.readInt(); // its scope
    files.add(
        new StateFile(Base.Absolute, in.readUtf(), Match.AtLeast, Math.addExact(start, length)));
    in.readUtf(); // its logical id
    return length;
  }

  /** Flink writes -1 for a size that it does not know. */
  private long note(Base base, String path, long exact, long size) {
    if (size < -1) {
      throw in.corrupt("a file of " + size + " bytes");
    }
    files.add(
        exact < 0
            ? new StateFile(base, path, Match.AtLeast, 0)
            : new StateFile(base, path, Match.Exactly, exact));
    return Math.max(size, 0);
  }

  /** A handle of one subtask's operator state. */
  long readOperatorState() throws IOException {
    int type = in.readByte();
    return switch (type) {
      case 0 -> 0;
      case 4 -> {
        readPartitions();
        yield readStream();
      }
      case 17 -> {
        readPartitions();
        in.readUtf(); // the folder of its own files
        in.readUtf(); // the folder of shared files
        in.readByte(); // whether it is empty
        yield readStream();
      }
      default -> throw in.corrupt("operator state handle of unknown type " + type);
    };
  }

  private void readPartitions() throws IOException {
    int states = in.readCount(7, "operator states");
    for (int i = 0; i < states; i++) {
      in.readUtf(); // its name
      in.readByte(); // how it is redistributed
      skipLongs("offsets of an operator state");
    }
  }

  /** A handle of one subtask's keyed state. */
  long readKeyedState() throws IOException {
    return readKeyedState(0);
  }

  private long readKeyedState(int depth) throws IOException {
    int type = in.readByte();
    return switch (type) {
      case 0 -> 0;
      case 3, 7 -> {
        readKeyGroupOffsets();
        yield readStream();
      }
      case 12 -> {
        readKeyGroupOffsets();
        yield thenUtf(readStream());
      }
      case 5 -> readIncremental(0);
      case 11 -> thenUtf(readIncremental(Long.BYTES));
      case 8 -> thenUtf(readChangelog(0, depth));
      case 14 -> thenUtf(readChangelog(Long.BYTES, depth));
      case 9 -> thenUtf(readInlineChanges());
      case 10 -> thenUtf(readFileChanges());
      case 13 -> thenUtf(thenUtf(readFileChanges()));
      default -> throw in.corrupt("keyed state handle of unknown type " + type);
    };
  }

  /** RocksDB's: metadata, shared files and private files. */
  private long readIncremental(int checkpointedSizeBytes) throws IOException {
    in.readLong(); // checkpoint id
    in.readUtf(); // backend id
    in.skip(Integer.BYTES * 2L); // key group range
    in.skip(checkpointedSizeBytes);
    long size = readStream();
    for (String list : new String[] {"shared files", "private files"}) {
      int count = in.readCount(3, list);
      for (int i = 0; i < count; i++) {
        in.readUtf(); // the file's name on the task manager
        size = Math.addExact(size, readStream());
      }
    }
    return size;
  }

  private long readChangelog(int checkpointIdBytes, int depth) throws IOException {
    in.skip(Integer.BYTES * 2L + Long.BYTES); // key group range, checkpointed size
    long size = 0;
    for (String list : new String[] {"materialized handles", "changelog handles"}) {
      int count = in.readCount(1, list);
      for (int i = 0; i < count; i++) {
        size = Math.addExact(size, readKeyedState(deeper(depth)));
      }
    }
    in.skip(Long.BYTES + (long) checkpointIdBytes); // materialization id, checkpoint id
    return size;
  }

  private long readInlineChanges() throws IOException {
    in.skip(Integer.BYTES * 2L + Long.BYTES * 2L); // key group range, from, to
    int count = in.readCount(8, "inline changes");
    long size = 0;
    for (int i = 0; i < count; i++) {
      in.readInt(); // key group
      size += skipBlock("bytes of a change");
    }
    return size;
  }

  /** Sizes of changelog files are counted before compression, so they prove nothing. */
  private long readFileChanges() throws IOException {
    in.skip(Integer.BYTES * 2L); // key group range
    int count = in.readCount(9, "changelog files");
    for (int i = 0; i < count; i++) {
      in.readLong(); // offset
      readStream(Match.AtLeast, 0);
    }
    long size = size();
    in.readLong(); // checkpointed size
    return size;
  }

  /** In-flight data of one channel, as versions 3 to 5 write it. */
  long readChannel() throws IOException {
    in.skip(Integer.BYTES * 3L); // subtask, gate or partition, channel or subpartition
    skipLongs("offsets of a channel");
    long size = size();
    readStream();
    return size;
  }

  /** In-flight data of one channel or of a subtask's channels together, as version 6 writes it. */
  long readTypedChannel() throws IOException {
    int type = in.readByte();
    return switch (type) {
      case 1, 2 -> readChannel();
      case 3, 4 -> {
        in.readInt(); // subtask
        long size = size();
        readStream();
        skipBlock("bytes of channel offsets");
        yield size;
      }
      default -> throw in.corrupt("channel state handle of unknown type " + type);
    };
  }

  private void readKeyGroupOffsets() throws IOException {
    in.readInt(); // the first key group
    skipLongs("key groups");
  }

  private void skipLongs(String what) throws IOException {
    in.skip((long) in.readCount(OFFSET_BYTES, what) * OFFSET_BYTES);
  }

  private long skipBlock(String what) throws IOException {
    int length = in.readCount(1, what);
    in.skip(length);
    return length;
  }

  private long size() throws IOException {
    long size = in.readLong();
    if (size < 0) {
      throw in.corrupt("a size of " + size + " bytes");
    }
    return size;
  }

  /** Most keyed handles end with an id of their own. */
  private long thenUtf(long size) throws IOException {
    in.readUtf();
    return size;
  }

  private int deeper(int depth) {
    if (depth >= MAX_DEPTH) {
      throw in.corrupt("handles nested deeper than " + MAX_DEPTH);
    }
    return depth + 1;
  }
}
