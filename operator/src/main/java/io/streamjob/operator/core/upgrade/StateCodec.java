package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.state.Decoded;
import io.streamjob.operator.core.state.StateFormat;
import java.util.Optional;

/** Writes the machine's state into the status as one text, and reads it back. */
public final class StateCodec {

  private static final StateFormat<MachineState> FORMAT = new StateFormat<>(MachineState.class, 2);

  private StateCodec() {}

  /** The text for a state. */
  public static String encode(MachineState state) {
    return FORMAT.encode(state);
  }

  /** The state in a text; no text means a job that was never seen. */
  public static Decoded<MachineState> decode(Optional<String> text) {
    return text.map(FORMAT::decode).orElseGet(() -> new Decoded.Known<>(MachineState.NEW));
  }
}
