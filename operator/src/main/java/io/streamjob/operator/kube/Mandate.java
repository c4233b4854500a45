package io.streamjob.operator.kube;

/**
 * Whether this process is the one that may change anything. Asked right before whatever changes
 * something, at the API server, in Flink or in the storage; reading needs no mandate.
 */
@FunctionalInterface
public interface Mandate {

  /** This process may not change anything any more. */
  final class LapsedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LapsedException(String message) {
      super(message);
    }
  }

  /**
   * Returns if this process may act.
   *
   * @throws LapsedException if it may not
   */
  void require();
}
