package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.state.Decoded;
import io.streamjob.operator.core.state.StateFormat;
import java.util.Optional;

/** Writes the machine's state into the status as one text, and reads it back. */
public final class StateCodec {

  private static final StateFormat<Memory> FORMAT = new StateFormat<>(Memory.class, 3);

  private StateCodec() {}

  /** The text for a state of the StreamJob with this uid. */
  public static String encode(String uid, MachineState state) {
    return FORMAT.encode(new Memory(uid, state));
  }

  /**
   * What a text says; no text means a job that was never seen.
   *
   * @param uid of the StreamJob in whose status it stands
   */
  public static Decoded<Memory> decode(String uid, Optional<String> text) {
    return text.map(FORMAT::decode)
        .orElseGet(() -> new Decoded.Known<>(new Memory(uid, MachineState.NEW)));
  }
}
