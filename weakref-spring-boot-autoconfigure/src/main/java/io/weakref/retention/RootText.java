package io.weakref.retention;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Describes roots in words.
 */
final class RootText {

	private static final int LONGEST_THREAD_NAME = 200;

	private static final String THREAD = "thread \"";

	private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

	private static final Pattern NUMBERS = Pattern.compile("\\d+");

	private final HeapDump dump;

	private final Map<Integer, String> threadNames = new HashMap<>();

	/** Static fields by the object that they hold: names of thread locals. */
	private final Map<Long, HeapClass.DeclaredField> staticFields = new HashMap<>();

	RootText(HeapDump dump) {
		this.dump = dump;
		for (HeapRoot root : dump.roots()) {
			if (root.field() != null && root.kind() != HeapRoot.Kind.CONSTANT) {
				this.staticFields.putIfAbsent(root.object(), root.field());
			}
		}
	}

	/**
	 * Describe a root.
	 * @param root the root
	 * @param object the object that it holds
	 * @param steps the steps of a path from it
	 * @param threadLocal the entry of a thread local on that path, or -1
	 * @return its kind and its description
	 */
	RetentionRoot describe(HeapRoot root, int object, List<String> steps, int threadLocal) {
		if (root.kind() == HeapRoot.Kind.THREAD && isThreadLocal(steps)) {
			return new RetentionRoot("thread-local",
					"thread local%s of %s".formatted(threadLocalName(threadLocal), thread(root)));
		}
		String text = root.kind().description();
		HeapClass.DeclaredField field = root.field();
		if (field != null) {
			text = text.replace("{field}", field.toString()).replace("{class}", field.declarer().name());
		}
		text = text.replace("{object}", className(object)).replace("{frame}", frame(root));
		// Replaced last, because the name of a thread may contain a placeholder.
		return new RetentionRoot(root.kind().label(), text.replace("{thread}", thread(root)));
	}

	/** Replace each number in the name of a thread with an asterisk. */
	static RetentionRoot withoutNumbers(RetentionRoot root) {
		int name = root.description().indexOf(THREAD);
		if (name < 0) {
			return root;
		}
		return new RetentionRoot(root.kind(), root.description().substring(0, name)
				+ NUMBERS.matcher(root.description().substring(name)).replaceAll("*"));
	}

	private static boolean isThreadLocal(List<String> steps) {
		return !steps.isEmpty() && steps.get(0).startsWith(JavaNames.THREAD + ".")
				&& JavaNames.isThreadLocals(steps.get(0).substring(JavaNames.THREAD.length() + 1));
	}

	private String threadLocalName(int entry) {
		HeapClass.DeclaredField field = (entry < 0) ? null
				: this.staticFields.get(this.dump.reference(entry, JavaNames.REFERENCE, JavaNames.REFERENT));
		return (field != null) ? " " + field : "";
	}

	private String frame(HeapRoot root) {
		HeapThread thread = this.dump.thread(root.thread());
		String frame = (thread != null) ? this.dump.records().frame(thread.trace(), root.frame()) : null;
		return (frame != null) ? " of " + frame : "";
	}

	private String thread(HeapRoot root) {
		return THREAD + "%s\"".formatted(this.threadNames.computeIfAbsent(root.thread(), this::threadName));
	}

	private String threadName(int serial) {
		HeapThread thread = this.dump.thread(serial);
		int object = (thread != null) ? this.dump.number(thread.object()) : -1;
		String name = (object < 0) ? null
				: this.dump.string(this.dump.reference(object, JavaNames.THREAD, "name"), LONGEST_THREAD_NAME);
		// Remove control characters, which a terminal would execute.
		return (name != null) ? CONTROL.matcher(name).replaceAll(" ") : "?";
	}

	private String className(int object) {
		HeapClass type = this.dump.instanceClass(object);
		return (type != null) ? type.name() : "?";
	}

}
