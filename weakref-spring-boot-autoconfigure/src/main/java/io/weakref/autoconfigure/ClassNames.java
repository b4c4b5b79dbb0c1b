package io.weakref.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Finds the class with a name that is written as in Java source, and explains what is
 * wrong if there is none.
 */
final class ClassNames {

	private ClassNames() {
	}

	/**
	 * Load the class with a name.
	 * @throws IllegalArgumentException if there is none, with a message for the user who
	 * wrote the name
	 */
	static Class<?> load(String name, ClassLoader classLoader) {
		if (name.isBlank()) {
			throw new IllegalArgumentException("It is empty. Write the full name of a class, or remove the property.");
		}
		if (name.indexOf('<') != -1) {
			throw new IllegalArgumentException(
					"It must be a class name without type arguments: " + name.substring(0, name.indexOf('<')) + ".");
		}
		if (name.indexOf('?') != -1) {
			throw new IllegalArgumentException(
					"It must be a class name, not a wildcard. java.lang.Object stands for every class.");
		}
		Class<?> type = find(name.trim(), classLoader);
		if (type == null) {
			throw new IllegalArgumentException(
					"There is no such class on the class path of the application. " + ((name.indexOf('.') == -1)
							? "Write its full name, with its package, such as com.example." + name.trim() + "."
							: "It must be a full class name as in Java source, such as java.lang.String, "
									+ "com.example.Outer.Inner or byte[]."));
		}
		if (type == void.class) {
			throw new IllegalArgumentException("There are no objects of type void. Write the full name of a class.");
		}
		if (type.isPrimitive()) {
			throw new IllegalArgumentException("It must not be a primitive type. Use its class, such as %s."
				.formatted(ClassUtils.resolvePrimitiveIfNecessary(type).getName()));
		}
		return type;
	}

	/**
	 * Look for a top-level class, then for nested classes at any depth.
	 */
	private static @Nullable Class<?> find(String name, ClassLoader classLoader) {
		String candidate = name;
		while (true) {
			try {
				return ClassUtils.forName(candidate, classLoader);
			}
			catch (ClassNotFoundException | LinkageError ex) {
				int dot = candidate.lastIndexOf('.');
				if (dot == -1) {
					return null;
				}
				candidate = candidate.substring(0, dot) + '$' + candidate.substring(dot + 1);
			}
		}
	}

}
