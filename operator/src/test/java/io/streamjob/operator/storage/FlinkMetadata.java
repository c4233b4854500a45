package io.streamjob.operator.storage;

import io.streamjob.operator.storage.SnapshotFacts.Operator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.checkpoint.metadata.MetadataSerializer;
import org.apache.flink.runtime.checkpoint.metadata.MetadataV3Serializer;
import org.apache.flink.runtime.checkpoint.metadata.MetadataV4Serializer;
import org.apache.flink.runtime.checkpoint.metadata.MetadataV5Serializer;
import org.apache.flink.runtime.checkpoint.metadata.MetadataV6Serializer;
import org.apache.flink.runtime.state.AbstractChannelStateHandle;
import org.apache.flink.runtime.state.AbstractMergedChannelStateHandle;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.runtime.state.changelog.ChangelogStateBackendHandle;
import org.apache.flink.runtime.state.changelog.ChangelogStateHandleStreamImpl;
import org.apache.flink.runtime.state.filemerging.EmptySegmentFileStateHandle;
import org.apache.flink.runtime.state.filemerging.SegmentFileStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.apache.flink.runtime.state.filesystem.RelativeFileStateHandle;

/** Flink's own view of {@code _metadata}, to hold ours against. */
final class FlinkMetadata {

  private static final int MAGIC = 0x4960672d;

  private FlinkMetadata() {}

  static CheckpointMetadata read(byte[] metadata, Path folder) throws IOException {
    Path file = Files.write(folder.resolve("_metadata"), metadata);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(metadata));
    return Checkpoints.loadCheckpointMetadata(
        in, FlinkMetadata.class.getClassLoader(), file.toUri().toString());
  }

  static byte[] write(CheckpointMetadata metadata, int version) throws IOException {
    MetadataSerializer serializer =
        switch (version) {
          case 3 -> MetadataV3Serializer.INSTANCE;
          case 4 -> MetadataV4Serializer.INSTANCE;
          case 5 -> MetadataV5Serializer.INSTANCE;
          case 6 -> MetadataV6Serializer.INSTANCE;
          default -> throw new IllegalArgumentException("version " + version);
        };
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(MAGIC);
    out.writeInt(version);
    serializer.serialize(metadata, out);
    return bytes.toByteArray();
  }

  static List<Operator> operators(CheckpointMetadata metadata) {
    return metadata.getOperatorStates().stream()
        .map(state ->
            new Operator(
                state.getOperatorID().toHexString(),
                state.getOperatorUid(),
                state.getOperatorName(),
                state.getParallelism(),
                state.getMaxParallelism(),
                state.getStateSize()))
        .toList();
  }

  /** The paths of all files that the metadata points at. */
  static Set<String> files(CheckpointMetadata metadata) {
    Set<String> files = new TreeSet<>();
    for (OperatorState operator : metadata.getOperatorStates()) {
      operator.getStates().stream()
          .flatMap(FlinkMetadata::handles)
          .forEach(handle -> visit(handle, files::add));
    }
    return files;
  }

  private static Stream<StateObject> handles(OperatorSubtaskState state) {
    return Stream.of(
            state.getManagedKeyedState(),
            state.getRawKeyedState(),
            state.getManagedOperatorState(),
            state.getRawOperatorState(),
            state.getInputChannelState(),
            state.getResultSubpartitionState())
        .flatMap(handles -> handles.stream());
  }

  private static void visit(StateObject handle, Consumer<String> file) {
    switch (handle) {
      case RelativeFileStateHandle relative -> file.accept(relative.getRelativePath());
      case EmptySegmentFileStateHandle empty -> {}
      case SegmentFileStateHandle segment -> file.accept(segment.getFilePath().toString());
      case FileStateHandle absolute -> file.accept(absolute.getFilePath().toString());
      case KeyGroupsStateHandle keyed -> visit(keyed.getDelegateStateHandle(), file);
      case OperatorStateHandle operator -> visit(operator.getDelegateStateHandle(), file);
      case AbstractChannelStateHandle<?> channel -> visit(channel.getDelegate(), file);
      case AbstractMergedChannelStateHandle<?, ?> channels -> visit(channels.getDelegate(), file);
      case IncrementalRemoteKeyedStateHandle incremental ->
          incremental.streamSubHandles().forEach(each -> visit(each, file));
      case ChangelogStateBackendHandle changelog -> {
        changelog.getMaterializedStateHandles().forEach(each -> visit(each, file));
        changelog.getNonMaterializedStateHandles().forEach(each -> visit(each, file));
      }
      case ChangelogStateHandleStreamImpl changes ->
          changes.getHandlesAndOffsets().forEach(each -> visit(each.f0, file));
      default -> {}
    }
  }
}
