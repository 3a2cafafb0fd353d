// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPoolBooks, Stop} from "../interfaces/IPoolBooks.sol";
import {PoolStops} from "./PoolStops.sol";
import {Redemptions} from "./Redemptions.sol";

/// @title ValidatorFunding
/// @dev Claims come first, then redemptions: validators get what is left.
abstract contract ValidatorFunding is PoolStops, Redemptions {
    uint256 private constant PREDEPOSIT_WEI = 1 ether;

    /// @inheritdoc IPoolBooks
    function fundPredeposit() external nonReentrant {
        _requireNo(_newKeyStop());
        _fund(PREDEPOSIT_WEI);
    }

    /// @inheritdoc IPoolBooks
    function fundTopUp(uint256 amountWei) external nonReentrant {
        _requireNo(_topUpStop());
        _fund(amountWei);
    }

    /// @inheritdoc IPoolBooks
    function queueWei() external view returns (uint256) {
        return _queueWei();
    }

    /// @inheritdoc IPoolBooks
    function availableWei() external view returns (uint256) {
        return _availableWei();
    }

    /// @inheritdoc IPoolBooks
    function unallocatedWei() external view returns (uint256) {
        return _availableWei();
    }

    function _fund(uint256 amountWei) private {
        _requireCaller(VALIDATOR_MANAGER);
        uint256 available = _availableWei();
        if (amountWei > available) revert InsufficientUnallocated(amountWei, available);
        _state.books.liquidWei -= uint88(amountWei);
        emit ValidatorFunded(amountWei);
        Address.sendValue(payable(VALIDATOR_MANAGER), amountWei);
    }

    function _availableWei() private view returns (uint256) {
        return Math.saturatingSub(_state.books.liquidWei, _queueWei());
    }

    function _requireNo(Stop stop) private pure {
        if (stop != Stop.None) revert Stopped(stop);
    }
}
