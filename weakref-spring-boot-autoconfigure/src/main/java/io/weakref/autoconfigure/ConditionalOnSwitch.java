package io.weakref.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/**
 * Matches if a property is true. Unlike Boot's own conditions, it accepts every form of a
 * boolean that Boot's binder accepts, and any other value fails the start.
 *
 * @since 0.1.0
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnSwitchCondition.class)
public @interface ConditionalOnSwitch {

	/**
	 * The name of the property.
	 * @return the name, in kebab case
	 */
	String value();

	/**
	 * Whether to match if the property is not set.
	 * @return whether the switch is on by default
	 */
	boolean matchIfMissing() default false;

}
