package io.streamjob.operator.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamjob.operator.storage.StorageException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataReaderTest {

  private static final SnapshotPath ROOT = SnapshotPath.parse("s3://lab/run");

  @ParameterizedTest
  @EnumSource(Sample.class)
  void readsWhatFlinkReads(Sample sample, @TempDir Path folder) throws IOException {
    byte[] bytes = sample.metadata(ROOT);
    CheckpointMetadata expected = FlinkMetadata.read(bytes, folder);

    SnapshotMetadata metadata = read(bytes);

    assertThat(metadata.version()).isEqualTo(6);
    assertThat(metadata.checkpointId()).isEqualTo(expected.getCheckpointId());
    assertThat(metadata.operators()).containsExactlyElementsOf(FlinkMetadata.operators(expected));
    assertThat(metadata.files())
        .extracting(StateFile::path)
        .containsExactlyInAnyOrderElementsOf(FlinkMetadata.files(expected));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6})
  void readsEveryHandleInEveryVersion(int version, @TempDir Path folder) throws IOException {
    byte[] bytes = FlinkMetadata.write(EveryHandle.metadata(version), version);
    CheckpointMetadata expected = FlinkMetadata.read(bytes, folder);

    SnapshotMetadata metadata = read(bytes);

    assertThat(metadata.version()).isEqualTo(version);
    assertThat(metadata.checkpointId()).isEqualTo(EveryHandle.CHECKPOINT_ID);
    assertThat(metadata.operators())
        .hasSizeGreaterThan(3)
        .containsExactlyElementsOf(FlinkMetadata.operators(expected));
    assertThat(metadata.files())
        .extracting(StateFile::path)
        .hasSize(10)
        .containsExactlyInAnyOrderElementsOf(FlinkMetadata.files(expected));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 2, 7, Integer.MAX_VALUE})
  void refusesVersionsThatItDoesNotKnow(int version) {
    byte[] bytes = Sample.CANONICAL_FILES.metadata(ROOT);
    ByteBuffer.wrap(bytes).putInt(4, version);

    assertThatThrownBy(() -> read(bytes))
        .isInstanceOfSatisfying(
            StorageException.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.Other))
        .hasMessageContaining("format " + version);
  }

  private static SnapshotMetadata read(byte[] bytes) throws IOException {
    return MetadataReader.read(new ByteArrayInputStream(bytes), bytes.length, 1000);
  }
}
