"""What several test files share: fixtures of real parts, and builders."""
