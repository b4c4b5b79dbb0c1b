package io.weakref.context;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.beans.factory.annotation.Qualifier;

/**
 * Qualifies a weak cache by its name.
 * <p>
 * At an injection point of type {@code WeakValueDictionary}, {@code WeakKeyDictionary},
 * {@code WeakSet} or {@code WeakLocks} it requests the cache with that name: the bean
 * with that name if there is one, otherwise the cache that the {@link WeakCacheRegistry}
 * has or creates. The type of the injection point decides the kind. On a {@code @Bean}
 * method that builds a weak cache, the annotation sets the name under which the cache is
 * registered.
 *
 * @since 0.1.0
 */
@Target({ ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.TYPE, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Qualifier(OnDemandCaches.QUALIFIER)
public @interface WeakCache {

	/**
	 * The name of the cache.
	 * @return the name, not empty
	 */
	String value();

}
