package io.streamjob.operator.storage;

/** What came of a claim to a folder. */
public sealed interface Ownership {

  /** The folder is the claimant's. */
  record Owned() implements Ownership {}

  /** The folder is another's, and was left so. */
  record OwnedBy(FolderOwner other) implements Ownership {}

  /**
   * Nobody owns the folder, and it holds state; it was left so.
   *
   * @param snapshot some snapshot in it
   */
  record Used(String snapshot) implements Ownership {}
}
