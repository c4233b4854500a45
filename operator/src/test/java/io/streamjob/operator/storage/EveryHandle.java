package io.streamjob.operator.storage;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.FinishedOperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.FullyFinishedOperatorState;
import org.apache.flink.runtime.checkpoint.MasterState;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.StateObjectCollection;
import org.apache.flink.runtime.checkpoint.channel.InputChannelInfo;
import org.apache.flink.runtime.checkpoint.channel.ResultSubpartitionInfo;
import org.apache.flink.runtime.checkpoint.filemerging.LogicalFile.LogicalFileId;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.InputChannelStateHandle;
import org.apache.flink.runtime.state.InputStateHandle;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeOffsets;
import org.apache.flink.runtime.state.KeyGroupsSavepointStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.MergedInputChannelStateHandle;
import org.apache.flink.runtime.state.MergedResultSubpartitionStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle.Mode;
import org.apache.flink.runtime.state.OperatorStateHandle.StateMetaInfo;
import org.apache.flink.runtime.state.OperatorStreamStateHandle;
import org.apache.flink.runtime.state.OutputStateHandle;
import org.apache.flink.runtime.state.ResultSubpartitionStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.changelog.ChangelogStateBackendHandle.ChangelogStateBackendHandleImpl;
import org.apache.flink.runtime.state.changelog.ChangelogStateHandleStreamImpl;
import org.apache.flink.runtime.state.changelog.SequenceNumber;
import org.apache.flink.runtime.state.changelog.StateChange;
import org.apache.flink.runtime.state.changelog.inmemory.InMemoryChangelogStateHandle;
import org.apache.flink.runtime.state.filemerging.DirectoryStreamStateHandle;
import org.apache.flink.runtime.state.filemerging.FileMergingOperatorStreamStateHandle;
import org.apache.flink.runtime.state.filemerging.SegmentFileStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.apache.flink.runtime.state.filesystem.RelativeFileStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;

/** A snapshot that no job writes: one of each handle that Flink can write. */
final class EveryHandle {

  static final long CHECKPOINT_ID = 42;

  private static final KeyGroupRange RANGE = KeyGroupRange.of(2, 4);
  private static final Map<String, StateMetaInfo> PARTITIONS =
      Map.of(
          "list", new StateMetaInfo(new long[] {0, 10, 20}, Mode.SPLIT_DISTRIBUTE),
          "broadcast", new StateMetaInfo(new long[0], Mode.BROADCAST));

  private EveryHandle() {}

  static CheckpointMetadata metadata(int version) {
    List<OperatorState> operators =
        List.of(
            operator("keyed", keyed()),
            operator("changelog", changelog()),
            operator("operator", operatorState()),
            operator("channels", version >= 6 ? mergedChannels() : channels()),
            new FullyFinishedOperatorState("done", "done-uid", new OperatorID(), 2, 128));
    return new CheckpointMetadata(
        CHECKPOINT_ID,
        operators,
        List.of(new MasterState("master", new byte[] {1, 2, 3}, 1)),
        CheckpointProperties.forSavepoint(true, SavepointFormatType.NATIVE));
  }

  private static OperatorState operator(String name, OperatorSubtaskState state) {
    OperatorState operator = new OperatorState(name, name + "-uid", new OperatorID(), 3, 128);
    operator.setCoordinatorState(new ByteStreamStateHandle("coordinator", new byte[7]));
    operator.putState(0, state);
    operator.putState(1, FinishedOperatorSubtaskState.INSTANCE);
    operator.putState(2, OperatorSubtaskState.builder().build());
    return operator;
  }

  private static OperatorSubtaskState keyed() {
    IncrementalRemoteKeyedStateHandle rocks =
        new IncrementalRemoteKeyedStateHandle(
            UUID.randomUUID(),
            RANGE,
            CHECKPOINT_ID,
            List.of(HandleAndLocalPath.of(file("shared"), "1.sst")),
            List.of(HandleAndLocalPath.of(relative("private"), "MANIFEST")),
            relative("rocks-meta"));
    return OperatorSubtaskState.builder()
        .setManagedKeyedState(rocks)
        .setRawKeyedState(new KeyGroupsSavepointStateHandle(offsets(), relative("raw")))
        .build();
  }

  private static OperatorSubtaskState changelog() {
    KeyedStateHandle base = new KeyGroupsStateHandle(offsets(), file("materialized"));
    InMemoryChangelogStateHandle inline =
        new InMemoryChangelogStateHandle(
            List.of(
                StateChange.ofMetadataChange(new byte[3]),
                StateChange.ofDataChange(3, new byte[4])),
            SequenceNumber.of(1),
            SequenceNumber.of(2),
            RANGE);
    ChangelogStateHandleStreamImpl files =
        new ChangelogStateHandleStreamImpl(
            List.of(Tuple2.of(file("changes"), 5L)), RANGE, 11, 11, "filesystem");
    return OperatorSubtaskState.builder()
        .setManagedKeyedState(
            new ChangelogStateBackendHandleImpl(
                List.of(base), List.of(inline, files), RANGE, CHECKPOINT_ID, 1, 9))
        .build();
  }

  private static OperatorSubtaskState operatorState() {
    DirectoryStreamStateHandle folder =
        DirectoryStreamStateHandle.of(new Path("s3://lab/run/taskowned"));
    return OperatorSubtaskState.builder()
        .setManagedOperatorState(new OperatorStreamStateHandle(PARTITIONS, relative("operator")))
        .setRawOperatorState(
            new FileMergingOperatorStreamStateHandle(
                folder, folder, PARTITIONS, segment("merged-operator")))
        .setManagedKeyedState(new KeyGroupsStateHandle(offsets(), segment("merged-keyed")))
        .build();
  }

  private static OperatorSubtaskState channels() {
    StreamStateHandle file = relative("in-flight");
    InputStateHandle input =
        new InputChannelStateHandle(new InputChannelInfo(0, 1), file, List.of(0L, 4L));
    OutputStateHandle output =
        new ResultSubpartitionStateHandle(
            0, new ResultSubpartitionInfo(0, 1), file, List.of(8L), 5);
    return OperatorSubtaskState.builder()
        .setInputChannelState(StateObjectCollection.singleton(input))
        .setResultSubpartitionState(StateObjectCollection.singleton(output))
        .build();
  }

  private static OperatorSubtaskState mergedChannels() {
    StreamStateHandle file = relative("in-flight");
    InputStateHandle single =
        new InputChannelStateHandle(new InputChannelInfo(0, 1), file, List.of(0L, 4L));
    InputStateHandle merged = new MergedInputChannelStateHandle(0, file, 6, new byte[9]);
    OutputStateHandle output = new MergedResultSubpartitionStateHandle(0, file, 7, new byte[0]);
    return OperatorSubtaskState.builder()
        .setInputChannelState(new StateObjectCollection<>(List.of(single, merged)))
        .setResultSubpartitionState(StateObjectCollection.singleton(output))
        .build();
  }

  private static KeyGroupRangeOffsets offsets() {
    return new KeyGroupRangeOffsets(RANGE, new long[] {1, 2, 3});
  }

  private static StreamStateHandle file(String name) {
    return new FileStateHandle(new Path("s3://lab/run/" + name), 100);
  }

  private static StreamStateHandle relative(String name) {
    return new RelativeFileStateHandle(new Path("s3://lab/run/here/" + name), name, 100);
  }

  private static StreamStateHandle segment(String name) {
    return new SegmentFileStateHandle(
        new Path("s3://lab/run/" + name),
        10,
        20,
        CheckpointedStateScope.SHARED,
        LogicalFileId.generateRandomId());
  }
}
