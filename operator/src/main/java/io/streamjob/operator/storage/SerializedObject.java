package io.streamjob.operator.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps over one object in Java's serialization format without making an object of it. Flink ends
 * {@code _metadata} with its {@code CheckpointProperties} in that format (version 4 on); reading
 * them with an {@code ObjectInputStream}, as Flink does, would let whoever can write to the bucket
 * choose classes for the operator to instantiate. Stepping over them still tells a truncated file.
 *
 * <p>The grammar is that of the Java Object Serialization Specification, chapter 6; only what
 * objects of plain fields, enums and strings need is accepted.
 */
final class SerializedObject {

  private static final int HEADER = 0xACED0005;
  private static final int MAX_DEPTH = 16;
  private static final int MAX_ITEMS = 256;
  private static final int FIRST_HANDLE = 0x7E0000;

  private static final int NULL = 0x70;
  private static final int REFERENCE = 0x71;
  private static final int CLASS = 0x72;
  private static final int OBJECT = 0x73;
  private static final int STRING = 0x74;
  private static final int END = 0x78;
  private static final int ENUM = 0x7E;

  private static final int FLAG_SERIALIZABLE = 0x02;
  private static final int FLAG_ENUM = 0x10;

  /** What a back reference may point at. */
  private sealed interface Handle {
    record Value() implements Handle {}

    /**
     * @param fields their type codes in order, superclasses first
     */
    record ClassOf(String fields) implements Handle {}
  }

  private final MetadataInput in;
  private final List<Handle> handles = new ArrayList<>();

  private SerializedObject(MetadataInput in) {
    this.in = in;
  }

  static void skip(MetadataInput in) throws IOException {
    if (in.readInt() != HEADER) {
      throw in.corrupt("no checkpoint properties at its end");
    }
    new SerializedObject(in).skipValue(0);
  }

  private void skipValue(int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw in.corrupt("checkpoint properties nested too deeply");
    }
    int tag = in.readByte();
    switch (tag) {
      case NULL -> {}
      case REFERENCE -> handle();
      case STRING -> {
        remember(new Handle.Value());
        in.readUtf();
      }
      case ENUM -> {
        readClass(depth + 1);
        remember(new Handle.Value());
        skipValue(depth + 1); // the constant's name
      }
      case OBJECT -> {
        String fields = readClass(depth + 1);
        remember(new Handle.Value());
        skipFields(fields, depth);
      }
      default -> throw in.corrupt("unexpected tag " + tag + " in the checkpoint properties");
    }
  }

  private void skipFields(String fields, int depth) throws IOException {
    for (int i = 0; i < fields.length(); i++) {
      switch (fields.charAt(i)) {
        case 'B', 'Z' -> in.skip(1);
        case 'C', 'S' -> in.skip(2);
        case 'F', 'I' -> in.skip(4);
        case 'D', 'J' -> in.skip(8);
        case 'L' -> skipValue(depth + 1);
        default -> throw in.corrupt("unexpected field type in the checkpoint properties");
      }
    }
  }

  private String readClass(int depth) throws IOException {
    int tag = in.readByte();
    return switch (tag) {
      case NULL -> "";
      case REFERENCE ->
          switch (handle()) {
            case Handle.ClassOf known -> known.fields();
            case Handle.Value value -> throw in.corrupt("a class expected, found " + value);
          };
      case CLASS -> readNewClass(depth);
      default -> throw in.corrupt("unexpected tag " + tag + " in the checkpoint properties");
    };
  }

  private String readNewClass(int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw in.corrupt("checkpoint properties nested too deeply");
    }
    in.readUtf(); // its name
    in.readLong(); // its serial version
    int own = handles.size();
    remember(new Handle.ClassOf(""));
    int flags = in.readByte();
    if ((flags & ~FLAG_ENUM) != FLAG_SERIALIZABLE) {
      throw in.corrupt("a class that writes itself in the checkpoint properties");
    }
    String fields = readFieldTypes(depth);
    if (in.readByte() != END) {
      throw in.corrupt("an annotated class in the checkpoint properties");
    }
    String all = readClass(depth + 1) + fields;
    handles.set(own, new Handle.ClassOf(all));
    return all;
  }

  private String readFieldTypes(int depth) throws IOException {
    int count = in.readShort();
    if (count > MAX_ITEMS) {
      throw in.corrupt("a class with too many fields in the checkpoint properties");
    }
    StringBuilder types = new StringBuilder();
    for (int i = 0; i < count; i++) {
      char type = (char) in.readByte();
      in.readUtf(); // its name
      if (type == 'L') {
        skipValue(depth + 1); // its class's name
      }
      types.append(type);
    }
    return types.toString();
  }

  private void remember(Handle handle) {
    if (handles.size() >= MAX_ITEMS) {
      throw in.corrupt("too many objects in the checkpoint properties");
    }
    handles.add(handle);
  }

  private Handle handle() throws IOException {
    int index = in.readInt() - FIRST_HANDLE;
    if (index < 0 || index >= handles.size()) {
      throw in.corrupt("a broken reference in the checkpoint properties");
    }
    return handles.get(index);
  }
}
