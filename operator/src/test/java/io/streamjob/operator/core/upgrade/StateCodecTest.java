package io.streamjob.operator.core.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.core.state.Decoded;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That every state of every story survives the way through the status, World checks. */
class StateCodecTest {

  @Test
  void noTextIsAJobThatWasNeverSeen() {
    assertThat(StateCodec.decode(World.UID, Optional.empty()))
        .isEqualTo(new Decoded.Known<>(new Memory(World.UID, MachineState.NEW)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "[]",
        "7",
        "not json",
        "{\"version\":3}",
        "{\"version\":3,\"state\":null}",
        "{\"version\":3,\"state\":{}}",
        "{\"version\":3,\"state\":{\"lastRevision\":3}}",
        "{\"version\":3,\"state\":{\"lastRevision\":3,\"lineage\":null,\"upgrade\":{\"is\":\"Idle\"}}}",
        "{\"version\":3,\"state\":{\"uid\":\"a\"}}",
        "{\"version\":0,\"state\":{\"lastRevision\":3}}",
        "{\"version\":3,\"state\":{\"lastRevision\":3,\"unheard\":1}}"
      })
  void whatCannotBeReadIsNotTouched(String text) {
    assertThat(StateCodec.decode(World.UID, Optional.of(text))).isInstanceOf(Decoded.Foreign.class);
  }

  @Test
  void anUnknownStepIsNotTouched() {
    String text =
        StateCodec.encode(
            World.UID, Tale.running().apply(Tale.TWO).untilAt("Upgrade", "Prepare").state());
    assertThat(StateCodec.decode(World.UID, Optional.of(text.replace("TakeSnapshot", "TakeWings"))))
        .isInstanceOf(Decoded.Foreign.class);
  }

  @Test
  void anOlderFormatIsNotTouchedAndSaysSo() {
    assertThat(
            StateCodec.decode(
                World.UID, Optional.of("{\"version\":1,\"state\":{\"lastRevision\":3}}")))
        .isEqualTo(
            new Decoded.Foreign<>(
                "status.machine was written by an older operator (format 1, this one knows 3):"
                    + " put that one back; nothing is touched until then"));
  }

  @Test
  void aNewerFormatIsNotTouchedAndSaysSo() {
    assertThat(
            StateCodec.decode(World.UID, Optional.of("{\"version\":4,\"state\":{\"news\":true}}")))
        .isEqualTo(
            new Decoded.Foreign<>(
                "status.machine was written by a newer operator (format 4, this one knows 3):"
                    + " upgrade the operator; nothing is touched until then"));
  }
}
