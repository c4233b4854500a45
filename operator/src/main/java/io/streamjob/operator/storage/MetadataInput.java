package io.streamjob.operator.storage;

import io.streamjob.operator.storage.StorageException.Kind;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UTFDataFormatException;

/**
 * Reads big-endian data of known length from whoever may have written it. No count or length is
 * believed beyond what is left of the data, so time and memory stay linear in its size.
 */
final class MetadataInput {

  private static final int BUFFER = 64 * 1024;

  private final DataInputStream data;
  private final Counting counting;
  private final long size;

  MetadataInput(InputStream stream, long size) {
    this.counting = new Counting(new BufferedInputStream(stream, Math.clamp(size, 1, BUFFER)));
    this.data = new DataInputStream(counting);
    this.size = size;
  }

  /** How many bytes are left. */
  long remaining() {
    return size - counting.read;
  }

  int readByte() throws IOException {
    return data.readUnsignedByte();
  }

  int readShort() throws IOException {
    return data.readUnsignedShort();
  }

  int readInt() throws IOException {
    return data.readInt();
  }

  long readLong() throws IOException {
    return data.readLong();
  }

  String readUtf() throws IOException {
    try {
      return data.readUTF();
    } catch (UTFDataFormatException malformed) {
      throw corrupt("a text is not UTF-8", malformed);
    }
  }

  /** Reads how many items follow, each of at least {@code itemBytes} bytes. */
  int readCount(int itemBytes, String what) throws IOException {
    int count = readInt();
    if (count < 0 || (long) count * itemBytes > remaining()) {
      throw corrupt("it claims " + count + " " + what);
    }
    return count;
  }

  void skip(long bytes) throws IOException {
    if (bytes < 0 || bytes > remaining()) {
      throw corrupt("it claims " + bytes + " bytes where " + remaining() + " are left");
    }
    data.skipNBytes(bytes);
  }

  /** A failure that says where reading stopped. */
  StorageException corrupt(String why) {
    return new StorageException(
        Kind.Corrupt,
        "the snapshot's _metadata is damaged near byte " + counting.read + ": " + why);
  }

  StorageException corrupt(String why, Throwable cause) {
    StorageException failure = corrupt(why);
    failure.addSuppressed(cause);
    return failure;
  }

  /** Counts what was read, and ends where the data must end. */
  private final class Counting extends FilterInputStream {

    private long read;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      requireMore();
      int next = super.read();
      read += next < 0 ? 0 : 1;
      return next;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      requireMore();
      int got = super.read(buffer, offset, (int) Math.min(length, remaining()));
      read += Math.max(got, 0);
      return got;
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = super.skip(Math.min(bytes, remaining()));
      read += skipped;
      return skipped;
    }

    private void requireMore() throws EOFException {
      if (remaining() <= 0) {
        throw new EOFException();
      }
    }
  }
}
