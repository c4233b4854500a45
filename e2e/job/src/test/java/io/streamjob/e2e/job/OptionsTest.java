package io.streamjob.e2e.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

  @Test
  void hasDefaultsForAllButTheFolder() {
    Options options = Options.parse("--out", "s3://bucket/out/");
    assertEquals(
        new Options("s3://bucket/out", 200, 100, Long.MAX_VALUE, 1000, 0, "", Misbehaviour.NONE),
        options);
  }

  @Test
  void takesBothWaysOfWritingAValue() {
    Options options =
        Options.parse("--out=/out", "--rate=0.5", "--keys", "7", "--misbehave", "renamed-uid");
    assertEquals(0.5, options.rate());
    assertEquals(7, options.keys());
    assertEquals(Misbehaviour.RENAMED_UID, options.misbehave());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          "" | --out is missing
          --out | --out has no value
          out /out | 'out' is not an argument name
          --out /out --rat 5 | --rat is unknown
          --out /out --rate fast | --rate fast is not a number
          --out /out --rate 0 | --rate 0 is not above 0
          --out /out --keys 1.5 | --keys 1.5 is not a whole number from 1 to 10000000
          --out /out --keys 0 | --keys 0 is not a whole number from 1
          --out /out --misbehave badly | known are: none, throw, no-execute, exit, fail,
          """)
  void saysWhatIsWrong(String args, String message) {
    String[] words = args.isEmpty() ? new String[0] : args.split(" ");
    Exception e = assertThrows(IllegalArgumentException.class, () -> Options.parse(words));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
