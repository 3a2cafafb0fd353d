// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IPoolBooks} from "../interfaces/IPoolBooks.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Bookkeeping} from "./Bookkeeping.sol";
import {Closing} from "./Closing.sol";
import {Deposits} from "./Deposits.sol";
import {Fees} from "./Fees.sol";
import {PoolState} from "./PoolState.sol";
import {PoolStops} from "./PoolStops.sol";
import {PoolStorage} from "./PoolStorage.sol";
import {ReportBooks} from "./ReportBooks.sol";
import {ValidatorFunding} from "./ValidatorFunding.sol";

/// @title StakingPool
/// @dev Each part is a file of this folder; this one puts them together and shows the books.
contract StakingPool is Deposits, ReportBooks, ValidatorFunding, Closing {
    using Bookkeeping for PoolState;

    /// @dev ERC-7540 operators, ERC-7540 asynchronous redemption, ERC-7575 vault. Asynchronous deposits (0xce3bbe50)
    /// are not supported.
    bytes4 private constant OPERATORS_ID = 0xe3bc4e65;
    bytes4 private constant ASYNC_REDEEM_ID = 0x620ee8e4;
    bytes4 private constant VAULT_ID = 0x2f0a18c5;

    constructor(
        Wiring memory w
    )
        payable
        ERC20("Septet Staked Ether", "septETH")
        ERC20Permit("Septet Staked Ether")
        PoolStorage(w)
        PoolStops(w)
        Fees(w)
        ReportBooks(w)
    {}

    /// @inheritdoc IPoolBooks
    function bookedWei() external view returns (uint256) {
        return _state.bookedWei();
    }

    /// @inheritdoc IPoolBooks
    function liquidWei() external view returns (uint256) {
        return _state.books.liquidWei;
    }

    /// @inheritdoc IPoolBooks
    function reservedWei() external view returns (uint256) {
        return _state.debts.reservedWei;
    }

    /// @inheritdoc IPoolBooks
    function books() external view returns (BooksNow memory) {
        return _state.booksNow();
    }

    /// @inheritdoc IPoolBooks
    function rate() external view returns (uint256) {
        return _rateDown();
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return
            interfaceId == type(IERC165).interfaceId ||
            interfaceId == OPERATORS_ID ||
            interfaceId == ASYNC_REDEEM_ID ||
            interfaceId == VAULT_ID;
    }
}
