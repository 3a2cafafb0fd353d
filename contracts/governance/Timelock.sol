// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Wiring} from "../interfaces/Wiring.sol";

/// @title Timelock
/// @notice The account that governs: it holds the treasury, and every contract takes its calls for governance's. Only the
/// governor proposes, anyone executes what has waited long enough, and nobody administers it but itself.
contract Timelock is TimelockController {
    uint256 private constant INITIAL_DELAY_DAYS = 7;
    uint256 private constant MIN_DELAY_DAYS = 3;
    uint256 private constant MAX_DELAY_DAYS = 30;

    uint64 public immutable DAY;

    error DelayOutOfBounds(uint256 delay, uint256 minimum, uint256 maximum);

    constructor(
        Wiring memory w,
        address governor
    ) TimelockController(INITIAL_DELAY_DAYS * w.day, _only(governor), _only(address(0)), address(0)) {
        DAY = w.day;
    }

    /// @notice Changes the delay, in seconds, of what is scheduled from now on. Only the timelock itself.
    /// @dev Bounded both ways: without delay nobody sees a decision come, and a delay of years would end governance, and
    /// with it the unlocking of votes.
    function updateDelay(uint256 newDelay) public override {
        super.updateDelay(newDelay);
        if (newDelay < MIN_DELAY_DAYS * DAY || newDelay > MAX_DELAY_DAYS * DAY) {
            revert DelayOutOfBounds(newDelay, MIN_DELAY_DAYS * DAY, MAX_DELAY_DAYS * DAY);
        }
    }

    function _only(address account) private pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = account;
    }
}
