"""帮扶平台 support: help by agreement after release; consent is the precondition, refusing has no consequence."""
