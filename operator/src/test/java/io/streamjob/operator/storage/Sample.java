package io.streamjob.operator.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A snapshot that Flink 2.3.0 wrote below {@code s3://lab/run}: its {@code _metadata} as it was,
 * and of its other files the names and sizes.
 */
public enum Sample {
  CANONICAL_INLINE("canonical-inline"),
  CANONICAL_FILES("canonical-files"),
  CANONICAL_ROCKSDB("canonical-rocksdb"),
  NATIVE_HASHMAP("native-hashmap"),
  NATIVE_ROCKSDB("native-rocksdb"),
  CHECKPOINT_ROCKSDB("checkpoint-rocksdb"),
  CHECKPOINT_CHANGELOG("checkpoint-changelog"),
  CHECKPOINT_MERGED_FILES("checkpoint-merged-files"),
  CHECKPOINT_UNALIGNED("checkpoint-unaligned");

  private static final String LAB = "s3://lab/run";

  private final String folder;

  Sample(String folder) {
    this.folder = folder;
  }

  /** The snapshot's folder, relative to the root of storage. */
  public String location() {
    return lines().getFirst();
  }

  /** The bytes of {@code _metadata} as if it had been written below {@code root}. */
  public byte[] metadata(SnapshotPath root) {
    return relocate(read("_metadata"), LAB.getBytes(UTF_8), root.toString().getBytes(UTF_8));
  }

  /** The sizes of all other files in bytes, by their paths relative to the root of storage. */
  public Map<String, Integer> files() {
    Map<String, Integer> files = new LinkedHashMap<>();
    for (String line : lines().subList(1, lines().size())) {
      int space = line.indexOf(' ');
      files.put(line.substring(space + 1), Integer.parseInt(line.substring(0, space)));
    }
    return files;
  }

  private List<String> lines() {
    return new String(read("files.txt"), UTF_8).lines().toList();
  }

  private byte[] read(String file) {
    String name = "/storage/" + folder + "/" + file;
    try (InputStream in = Sample.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Texts in the metadata have their length in the two bytes before them. */
  private static byte[] relocate(byte[] bytes, byte[] from, byte[] to) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int i = 0;
    while (i < bytes.length) {
      boolean isText =
          i + 2 + from.length <= bytes.length
              && Arrays.equals(bytes, i + 2, i + 2 + from.length, from, 0, from.length);
      if (isText) {
        int length = ByteBuffer.wrap(bytes, i, 2).getShort() + to.length - from.length;
        out.writeBytes(ByteBuffer.allocate(2).putShort((short) length).array());
        out.writeBytes(to);
        i += 2 + from.length;
      } else {
        out.write(bytes[i]);
        i++;
      }
    }
    return out.toByteArray();
  }
}
