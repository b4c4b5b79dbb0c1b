package io.weakref.retention;

/**
 * The names of JDK classes and fields that a search depends on.
 */
final class JavaNames {

	static final String STRING = "java.lang.String";

	static final String THREAD = "java.lang.Thread";

	static final String REFERENCE = "java.lang.ref.Reference";

	static final String REFERENT = "referent";

	static final String SOFT_REFERENCE = "java.lang.ref.SoftReference";

	static final String FINAL_REFERENCE = "java.lang.ref.FinalReference";

	static final String THREAD_LOCAL_ENTRY = "java.lang.ThreadLocal$ThreadLocalMap$Entry";

	private static final String[] PREFIXES = { "java.", "javax.", "jdk.", "sun.", "com.sun." };

	private JavaNames() {
	}

	/** Return whether a field of {@link java.lang.ref.Reference} is not a strong one. */
	static boolean isWeak(String referenceField) {
		return referenceField.equals(REFERENT) || referenceField.equals("discovered");
	}

	static boolean isThreadLocals(String threadField) {
		return threadField.equals("threadLocals") || threadField.equals("inheritableThreadLocals");
	}

	static boolean isOfTheJdk(String className) {
		for (String prefix : PREFIXES) {
			if (className.startsWith(prefix)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return the name of a class as in source code, without the part of the names of
	 * hidden classes that differs from run to run.
	 * @param symbol the name in the dump
	 * @return the name
	 */
	static String className(String symbol) {
		String name = symbol.replace('/', '.');
		int lambda = name.indexOf("$$Lambda");
		if (lambda >= 0) {
			return name.substring(0, lambda + "$$Lambda".length());
		}
		int hidden = name.indexOf("+0x");
		if (hidden < 0) {
			hidden = name.indexOf(".0x");
		}
		return (hidden >= 0) ? name.substring(0, hidden) : name;
	}

}
