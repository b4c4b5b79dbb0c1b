package io.weakref.reference;

import java.lang.annotation.Annotation;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Recognises objects to which a weak reference is not useful, because they never die or
 * die immediately. A {@link ReferentPolicy} decides what to do about them.
 * <p>
 * Each weak collection has one instance. It remembers the last class without an
 * objection, so a check of the same class again is two loads and a comparison; a
 * different class costs a lookup in a {@link ClassValue}. It keeps no class alive.
 * Thread-safe: threads race for what is remembered, and every outcome of that race is
 * correct.
 *
 * @since 0.1.0
 */
public final class ReferentCheck {

	private static final String CLASS = "a class of the JDK never dies";

	private static final String STRING = "a String literal never dies, and a computed String dies immediately unless something else holds it";

	private static final String BOX = "small boxed values never die, and others die immediately unless something else holds them";

	private static final String SHARED_BOX = "small boxed values never die";

	private static final String CAPTURING = "a lambda with captured variables or a bound method reference dies immediately unless something else holds it";

	private static final String VALUE_BASED = "an instance of a value-based class may be shared for ever or replaced by a copy at any time";

	/**
	 * The objections that do not apply to a weak collection that itself holds an object
	 * for a while.
	 */
	private static final Set<String> AT_ONCE = Set.of(STRING, BOX, CAPTURING, VALUE_BASED);

	/**
	 * For each class the objection to its instances, or a weak reference to the class if
	 * there is none. The values are instances of JDK classes only, so that a class does
	 * not keep a class loader alive.
	 */
	private static final ClassValue<Object> VERDICTS = new ClassValue<>() {

		@Override
		protected Object computeValue(Class<?> type) {
			String objection = objectionTo(type);
			return (objection != null) ? objection : new WeakReference<Class<?>>(type);
		}

	};

	private static final WeakReference<Class<?>> NONE = new WeakReference<>(null);

	/** The method {@code Class.isValue}, {@code null} on a JVM without value objects. */
	private static final @Nullable Method IS_VALUE = isValue();

	private WeakReference<Class<?>> lastFine = NONE;

	/**
	 * Create a check.
	 */
	public ReferentCheck() {
	}

	/**
	 * Check an object.
	 * @param referent the object
	 * @return {@code null} if there is no objection; otherwise the reason why an entry
	 * for it may never be removed, or be removed immediately, as a clause without a
	 * capital letter and a full stop
	 */
	@SuppressWarnings("unchecked")
	public @Nullable String objectionTo(Object referent) {
		Class<?> type = referent.getClass();
		if (this.lastFine.refersTo(type)) {
			return null;
		}
		Object verdict = VERDICTS.get(type);
		if (verdict instanceof String objection) {
			return (referent instanceof Class<?> c && !isOfJdk(c)) ? null : objection;
		}
		this.lastFine = (WeakReference<Class<?>>) verdict;
		return null;
	}

	/**
	 * Check an object that the weak collection itself holds for a while, in which case it
	 * does not matter that the object would otherwise die immediately.
	 * @param referent the object
	 * @return {@code null} if there is no objection; otherwise the reason why an entry
	 * for it may never be removed, as a clause without a capital letter and a full stop
	 */
	public @Nullable String objectionToHeld(Object referent) {
		String objection = objectionTo(referent);
		if (objection == null || !AT_ONCE.contains(objection)) {
			return objection;
		}
		return isSharedBox(referent) ? SHARED_BOX : null;
	}

	/** Whether the JDK caches this object forever. */
	private static boolean isSharedBox(Object object) {
		if (object instanceof Boolean || object instanceof Byte) {
			return true;
		}
		if (object instanceof Character character) {
			return character <= 127;
		}
		return (object instanceof Integer || object instanceof Long || object instanceof Short)
				&& ((Number) object).longValue() == ((Number) object).byteValue();
	}

	/**
	 * Check a class.
	 * @param type the class
	 * @return {@code null} if some object of the class may be a suitable referent;
	 * otherwise the reason why an entry for any of them may never be removed, or be
	 * removed immediately, as a clause without a capital letter and a full stop
	 */
	public static @Nullable String objectionToAll(Class<?> type) {
		return (type != Class.class) ? objectionTo(type) : null;
	}

	/**
	 * Check a class whose objects the weak collection itself holds for a while, in which
	 * case it does not matter that they would otherwise die immediately.
	 * @param type the class
	 * @return {@code null} if some object of the class may be a suitable referent;
	 * otherwise the reason why an entry for any of them may never be removed, as a clause
	 * without a capital letter and a full stop
	 */
	public static @Nullable String objectionToAllHeld(Class<?> type) {
		String objection = objectionToAll(type);
		if (objection == null || !AT_ONCE.contains(objection)) {
			return objection;
		}
		return (type == Boolean.class || type == Byte.class) ? SHARED_BOX : null;
	}

	/**
	 * Refuse an object to which no weak reference can be created.
	 * @param <T> the type of the referent
	 * @param referent the object
	 * @return the object
	 * @throws NullPointerException if it is {@code null}
	 * @throws NotReferenceableException if it is a weak proxy or has no identity
	 */
	static <T> T requireReferenceable(T referent) {
		Objects.requireNonNull(referent, "referent");
		if (referent instanceof WeakProxy) {
			throw new NotReferenceableException("A weak proxy cannot be referred to weakly: refer to its referent");
		}
		if (IS_VALUE != null && isValue(referent.getClass())) {
			throw new NotReferenceableException(
					"An object of " + referent.getClass().getName() + " has no identity to refer to");
		}
		return referent;
	}

	private static @Nullable String objectionTo(Class<?> type) {
		if (type == String.class) {
			return STRING;
		}
		if (isBox(type)) {
			return BOX;
		}
		if (Enum.class.isAssignableFrom(type)) {
			return "an enum constant never dies";
		}
		if (type == Class.class) {
			return CLASS;
		}
		if (WeakProxy.class.isAssignableFrom(type)) {
			return "a weak proxy says nothing about its referent, which may live longer or die earlier";
		}
		if (type.isHidden() && type.getName().contains("$$Lambda")) {
			return isCapturing(type) ? CAPTURING : "a lambda or method reference without captured variables never dies";
		}
		if (isValue(type)) {
			return "a value object has no identity and cannot be referred to weakly";
		}
		return isValueBased(type) ? VALUE_BASED : null;
	}

	private static boolean isBox(Class<?> type) {
		return type == Integer.class || type == Long.class || type == Short.class || type == Byte.class
				|| type == Character.class || type == Boolean.class || type == Double.class || type == Float.class;
	}

	private static boolean isCapturing(Class<?> lambda) {
		return Arrays.stream(lambda.getDeclaredFields()).anyMatch((field) -> !Modifier.isStatic(field.getModifiers()));
	}

	/**
	 * Whether a class is value-based. The JDK marks such classes with an internal
	 * annotation, which is present at run time. Some classes of the results of
	 * {@code List.of()} and its like lack it.
	 */
	private static boolean isValueBased(Class<?> type) {
		if (!isOfJdk(type)) {
			return false;
		}
		if (type.getName().startsWith("java.util.ImmutableCollections$")) {
			return true;
		}
		for (Annotation annotation : type.getDeclaredAnnotations()) {
			if (annotation.annotationType().getName().equals("jdk.internal.ValueBased")) {
				return true;
			}
		}
		return false;
	}

	private static boolean isOfJdk(Class<?> type) {
		ClassLoader loader = type.getClassLoader();
		return loader == null || loader == ClassLoader.getPlatformClassLoader();
	}

	private static @Nullable Method isValue() {
		try {
			return Class.class.getMethod("isValue");
		}
		catch (NoSuchMethodException ex) {
			return null;
		}
	}

	private static boolean isValue(Class<?> type) {
		try {
			return IS_VALUE != null && Boolean.TRUE.equals(IS_VALUE.invoke(type));
		}
		catch (ReflectiveOperationException ex) {
			return false;
		}
	}

}
