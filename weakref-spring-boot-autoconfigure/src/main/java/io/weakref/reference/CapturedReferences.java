package io.weakref.reference;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/**
 * Recognises functions that obviously hold an object: in captured variables of lambdas
 * and method references, or in fields.
 */
final class CapturedReferences {

	/**
	 * The values are instances of JDK classes only, so that a class does not keep a class
	 * loader alive.
	 */
	private static final ClassValue<Field[]> FIELDS = new ClassValue<>() {

		@Override
		protected Field[] computeValue(Class<?> type) {
			return readableFields(type);
		}

	};

	private CapturedReferences() {
	}

	/**
	 * Return whether a function is an object, or holds it in a field.
	 * @param function any object
	 * @param referent the object to search for
	 * @return whether it was found; {@code false} if the fields cannot be read
	 */
	static boolean holds(Object function, Object referent) {
		if (function == referent) {
			return true;
		}
		for (Field field : FIELDS.get(function.getClass())) {
			try {
				if (field.get(function) == referent) {
					return true;
				}
			}
			catch (IllegalAccessException ex) {
				// Not expected, as the field was made accessible. Treated as not obvious.
			}
		}
		return false;
	}

	private static Field[] readableFields(Class<?> type) {
		List<Field> fields = new ArrayList<>();
		for (Class<?> each = type; each != null && each.getClassLoader() != null; each = each.getSuperclass()) {
			for (Field field : each.getDeclaredFields()) {
				if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()
						&& field.trySetAccessible()) {
					fields.add(field);
				}
			}
		}
		return fields.toArray(Field[]::new);
	}

}
