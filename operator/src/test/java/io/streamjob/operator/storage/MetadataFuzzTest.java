package io.streamjob.operator.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.streamjob.operator.storage.StorageException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever the bytes are, reading them ends soon, in facts or in one clear failure. */
class MetadataFuzzTest {

  private static final SnapshotPath ROOT = SnapshotPath.parse("s3://lab/run");
  private static final Set<Kind> EXPECTED = EnumSet.of(Kind.Corrupt, Kind.TooLarge, Kind.Other);
  private static final int ROUNDS = 1000;

  @ParameterizedTest
  @EnumSource(Sample.class)
  void refusesEveryTruncation(Sample sample) {
    byte[] bytes = sample.metadata(ROOT);
    for (int length = 0; length < bytes.length; length++) {
      byte[] truncated = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(truncated, truncated.length))
          .as("%d of %d bytes", length, bytes.length)
          .isInstanceOfSatisfying(
              StorageException.class,
              failure -> assertThat(failure.kind()).isEqualTo(Kind.Corrupt));
    }
  }

  @Test
  void refusesAStreamThatEndsBeforeItsAnnouncedSize() {
    byte[] bytes = Sample.CANONICAL_FILES.metadata(ROOT);

    assertThatThrownBy(() -> read(Arrays.copyOf(bytes, 100), bytes.length))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("ends too early");
  }

  @Test
  void refusesTrailingBytes() {
    byte[] bytes = Sample.CANONICAL_FILES.metadata(ROOT);

    assertThatThrownBy(() -> read(Arrays.copyOf(bytes, bytes.length + 1), bytes.length + 1))
        .hasMessageContaining("1 bytes too many");
  }

  @ParameterizedTest
  @EnumSource(Sample.class)
  void survivesFlippedBits(Sample sample) {
    long seed = sample.name().hashCode();
    Random random = new Random(seed);
    byte[] original = sample.metadata(ROOT);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = original.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      survives(bytes, "seed %d, round %d".formatted(seed, round));
    }
  }

  @ParameterizedTest
  @EnumSource(Sample.class)
  void survivesHugeNumbersAnywhere(Sample sample) {
    byte[] original = sample.metadata(ROOT);
    for (int value : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 1 << 16}) {
      for (int at = 8; at + 4 <= original.length; at++) {
        byte[] bytes = original.clone();
        ByteBuffer.wrap(bytes).putInt(at, value);
        survives(bytes, value + " at " + at);
      }
    }
  }

  /** 100 MB of inline state pass through without being kept. */
  @Test
  void readsLargeMetadataInLittleMemory() throws IOException {
    int inline = 99_000_000;
    byte[] head =
        ByteBuffer.allocate(128)
            .putInt(0x4960672d)
            .putInt(3)
            .putLong(7) // checkpoint
            .putInt(0) // master states
            .putInt(1) // operators
            .putLong(1)
            .putLong(2)
            .putInt(1)
            .putInt(128)
            .put((byte) 1) // coordinator: inline
            .putShort((short) 0)
            .putInt(inline)
            .array();
    int headBytes = 4 + 4 + 8 + 4 + 4 + 16 + 8 + 1 + 2 + 4;
    InputStream stream =
        new SequenceInputStream(
            new ByteArrayInputStream(head, 0, headBytes), new Zeros(inline + 4L));

    SnapshotMetadata metadata =
        MetadataReader.read(stream, headBytes + inline + 4L, Integer.MAX_VALUE);

    assertThat(metadata.operators())
        .singleElement()
        .satisfies(operator -> assertThat(operator.sizeBytes()).isEqualTo(inline));
  }

  private static void survives(byte[] bytes, String what) {
    try {
      read(bytes, bytes.length);
    } catch (StorageException failure) {
      assertThat(failure.kind()).as(what).isIn(EXPECTED);
    } catch (Throwable other) {
      fail(what, other);
    }
  }

  private static SnapshotMetadata read(byte[] bytes, long size) throws IOException {
    return MetadataReader.read(new ByteArrayInputStream(bytes), size, 1000);
  }

  /** So many zero bytes. */
  private static final class Zeros extends InputStream {

    private long left;

    Zeros(long left) {
      this.left = left;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int got = (int) Math.min(length, left);
      Arrays.fill(buffer, offset, offset + got, (byte) 0);
      left -= got;
      return got;
    }
  }
}
